using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Timing;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Timing;

public sealed class DueJobDispatcherSpecs : TestKit
{
    private const int Slice = 7;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Start);
    private readonly ScriptedJobViews _views = new();
    private TimingOptions _timing = new();

    public DueJobDispatcherSpecs()
        : base("""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """)
    {
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task It_sweeps_its_slice_at_the_start_up_to_the_look_ahead()
    {
        _views.Hold([Row("overdue", Start.AddDays(-1)), Row("edge", Start + _timing.LookAhead), Row("later", Start + _timing.LookAhead.Add(TimeSpan.FromTicks(1)))]);
        Begin();

        await WokenAsync("overdue", "edge");
        var read = await _views.Reads.NextAsync();
        Assert.Equal((Slice, Start + _timing.LookAhead, null), (read.Slice, read.UpTo, read.After));
    }

    [Fact]
    public async Task It_sweeps_again_at_its_interval_and_finds_again_what_has_not_moved()
    {
        _views.Hold([Row("stuck", Start)]);
        Begin();
        await WokenAsync("stuck");

        for (var sweep = 0; sweep < 3; sweep++)
        {
            _clock.Advance(_timing.SweepInterval);
            Scheduler.Advance(_timing.SweepInterval);
            await WokenAsync("stuck");
        }

        Assert.Equal(Start + (_timing.SweepInterval * 3) + _timing.LookAhead, _views.Reads.Items[^1].UpTo);
    }

    [Fact]
    public async Task It_sweeps_twice_in_each_look_ahead_where_that_is_short()
    {
        _timing = _timing with { LookAhead = TimeSpan.FromSeconds(2) };
        Begin();
        await _views.Reads.AtLeastAsync(1);

        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await _views.Reads.AtLeastAsync(2);
    }

    [Fact]
    public async Task It_goes_through_all_rows_in_pages_so_that_none_hides_behind_others()
    {
        var ids = Enumerable.Range(0, (DueJobDispatcher.PageSize * 2) + 1).Select(i => $"job-{i:D5}").ToArray();
        _views.Hold(ids.Select((id, i) => Row(id, Start.AddSeconds(i / 700))));
        Begin();

        await WokenAsync(ids);
        Assert.Equal(
            [null, ids[DueJobDispatcher.PageSize - 1], ids[(DueJobDispatcher.PageSize * 2) - 1]],
            _views.Reads.Items.Select(r => r.After?.JobId.Value));
    }

    [Fact]
    public async Task A_page_that_is_just_full_is_followed_by_an_empty_one()
    {
        var ids = Enumerable.Range(0, DueJobDispatcher.PageSize).Select(i => $"job-{i:D5}").ToArray();
        _views.Hold(ids.Select(id => Row(id, Start)));
        Begin();

        await WokenAsync(ids);
        await _views.Reads.AtLeastAsync(2);
    }

    [Fact]
    public async Task It_wakes_no_more_while_as_many_are_awake_as_may_be_and_goes_on_when_there_is_room()
    {
        var gauge = new AwakeGauge(1);
        var ids = Enumerable.Range(0, DueJobDispatcher.PageSize + 1).Select(i => $"job-{i:D5}").ToArray();
        _views.Hold(ids.Select(id => Row(id, Start)));
        var go = new TaskCompletionSource();
        _views.Next(() => go.Task);
        var dispatcher = Begin(gauge);
        await _views.Reads.AtLeastAsync(1);
        gauge.TryEnter(isNear: true);
        go.SetResult();
        await WokenAsync(ids[..DueJobDispatcher.PageSize]);

        await SeenByAsync(dispatcher);
        for (var poll = 0; poll < 3; poll++)
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(50));
            await SeenByAsync(dispatcher);
        }

        Assert.Single(_views.Reads.Items);
        gauge.Leave();
        Scheduler.Advance(TimeSpan.FromMilliseconds(50));
        await WokenAsync(ids[DueJobDispatcher.PageSize]);
    }

    [Fact]
    public async Task It_passes_over_jobs_that_are_awake_unless_they_are_overdue()
    {
        var gauge = new AwakeGauge(10);
        gauge.TryEnter(JobId.Parse("awake"), isNear: true);
        gauge.TryEnter(JobId.Parse("stuck"), isNear: true);
        gauge.TryEnter(JobId.Parse("left"), isNear: true);
        gauge.Leave(JobId.Parse("left"));
        _views.Hold([Row("stuck", Start), Row("awake", Start.AddSeconds(1)), Row("asleep", Start.AddSeconds(2)), Row("left", Start.AddSeconds(3))]);
        Begin(gauge);

        await WokenAsync("stuck", "asleep", "left");
    }

    [Fact]
    public async Task A_read_that_fails_is_made_good_by_the_next_sweep()
    {
        _views.Hold([Row("job", Start)]);
        _views.Next(() => throw new ViewsUnavailableException("The disk is gone."));
        var dispatcher = Begin();
        await _views.Reads.AtLeastAsync(1);
        await SeenByAsync(dispatcher);

        // The failure comes back to the dispatcher as a message of its own, so a sweep may still find it reading: the one after does not.
        await AwaitAssertAsync(
            async () =>
            {
                Scheduler.Advance(_timing.SweepInterval);
                await SeenByAsync(dispatcher);
                Assert.True(_views.Reads.Items.Count > 1);
            },
            Patience.Limit);
        await WokenAsync("job");
    }

    [Fact]
    public async Task A_change_of_members_starts_a_sweep_even_while_another_one_reads()
    {
        var go = new TaskCompletionSource();
        _views.Next(() => go.Task);
        var dispatcher = Begin();
        await _views.Reads.AtLeastAsync(1);
        dispatcher.Tell(new MemberChanged());
        await SeenByAsync(dispatcher);
        Assert.Single(_views.Reads.Items);

        go.SetResult();
        await _views.Reads.AtLeastAsync(2);
        await SeenByAsync(dispatcher);
        dispatcher.Tell(new MemberChanged());
        await _views.Reads.AtLeastAsync(3);
    }

    [Fact]
    public async Task It_stops_when_it_is_told_to_and_leaves_its_read()
    {
        var go = new TaskCompletionSource();
        _views.Next(() => go.Task);
        var dispatcher = Watch(Begin());
        var read = await _views.Reads.NextAsync();
        dispatcher.Tell(StopDispatcher.Instance);
        await ExpectTerminatedAsync(dispatcher, Patience.Limit);

        Assert.True(read.Token.IsCancellationRequested);
        Scheduler.Advance(_timing.SweepInterval * 3);
        Assert.Single(_views.Reads.Items);
        go.SetResult();
    }

    [Fact]
    public async Task While_the_clock_is_wrong_nobody_is_woken()
    {
        var isWrong = true;
        var dispatcher = Sys.ActorOf(Props.Create(
            typeof(DueJobDispatcher), Slice, new DueJobEnvironment(_clock, _timing, new AwakeGauge(1_000), _views, TestActor, Membership: null) { IsClockWrong = () => isWrong }));
        await SeenByAsync(dispatcher);
        Scheduler.Advance(_timing.SweepInterval);
        await SeenByAsync(dispatcher);
        Assert.Empty(_views.Reads.Items);

        isWrong = false;
        Scheduler.Advance(_timing.SweepInterval);
        await SeenByAsync(dispatcher);
        Assert.Single(_views.Reads.Items);
    }

    private static DueJob Row(string id, DateTimeOffset wakeAt) => new(wakeAt, JobId.Parse(id));

    private static Task SeenByAsync(IActorRef actor) => actor.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);

    private IActorRef Begin(AwakeGauge? gauge = null) => Sys.ActorOf(Props.Create(
        typeof(DueJobDispatcher), Slice, new DueJobEnvironment(_clock, _timing, gauge ?? new AwakeGauge(1_000), _views, TestActor, Membership: null)));

    private async Task WokenAsync(params string[] ids)
    {
        foreach (var id in ids)
            Assert.Equal(new Wake(JobId.Parse(id)), await ExpectMsgAsync<Wake>(Patience.Limit));
        Assert.False(HasMessages);
    }

    private sealed record MemberChanged : ClusterEvent.IMemberEvent
    {
        public Member Member => null!;
    }
}

/// <summary>The dispatcher in a cluster of one, which is not formed yet.</summary>
public sealed class DueJobDispatcherMembershipSpecs : TestKit
{
    public DueJobDispatcherMembershipSpecs()
        : base("""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """)
    {
    }

    [Fact]
    public async Task It_sweeps_when_a_member_comes_up()
    {
        var views = new ScriptedJobViews();
        var never = new TimingOptions { SweepInterval = TimeSpan.FromDays(1), LookAhead = TimeSpan.FromDays(2) };
        var cluster = Cluster.Get(Sys);
        Sys.ActorOf(Props.Create(
            typeof(DueJobDispatcher), 0, new DueJobEnvironment(TimeProvider.System, never, new AwakeGauge(1_000), views, TestActor, cluster)));
        await views.Reads.AtLeastAsync(1);

        cluster.Join(cluster.SelfAddress);
        await views.Reads.AtLeastAsync(2);
    }
}
