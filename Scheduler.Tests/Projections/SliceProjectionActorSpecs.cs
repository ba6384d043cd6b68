using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>The stream of a slice: that it goes on, whatever happens to it.</summary>
public sealed class SliceProjectionActorSpecs : ProjectionFixture
{
    [Fact]
    public async Task Events_become_rows_as_they_come()
    {
        Start();

        Journal.Append(Job, 1, Life[..3]);
        await Projected(Job, 3);
        Journal.Append(Job, 4, Life[3..]);
        await Projected(Job, 5);

        Assert.Equal(RunStatus.Completed, (await Store.FindRunAsync(RunAt0, default))!.Status);
    }

    [Fact]
    public async Task After_a_small_step_it_waits_for_the_beat_and_goes_on()
    {
        var beats = new Beats();
        Environment = Environment with { Rhythm = new ProjectionRhythm(TimeSpan.FromMilliseconds(100), beats) };
        Start();
        Journal.Append(Job, 1, Life[..1]);
        await Projected(Job, 1);
        await beats.Waited.WaitAsync(Patience.Limit);
        Journal.Append(Job, 2, Life[1..]);

        // Each small step waits anew.
        await AwaitAssertAsync(
            async () =>
            {
                beats.Advance(TimeSpan.FromMilliseconds(100));
                Assert.Equal(5, (await Store.FindProjectedAsync((await Store.LiveTablesAsync(default)).Id, Job, default))?.Projected);
            },
            Patience.Limit);
    }

    [Fact]
    public async Task A_projection_goes_on_from_where_another_one_stopped()
    {
        Journal.Append(Job, 1, Life[..3]);
        var first = Start();
        await Projected(Job, 3);
        await Stopped(first);

        Journal.Append(Job, 4, Life[3..]);
        Start();

        await Projected(Job, 5);
        Assert.Equal(Journal.LastOffset, await Store.FindOffsetAsync((await Store.LiveTablesAsync(default)).Id, Slice, default));
    }

    [Fact]
    public async Task A_stream_that_fails_is_started_again_from_its_offset()
    {
        Environment = Environment with { MinRestartDelay = TimeSpan.FromMilliseconds(1) };
        Journal.FailOnce(new IOException("gone"));
        Start();

        Journal.Append(Job, 1, Life);

        await Projected(Job, 5);
    }

    [Fact]
    public async Task A_store_that_refuses_a_step_gets_it_again()
    {
        var store = new StumblingStore(Store);
        Environment = Environment with { MinRestartDelay = TimeSpan.FromMilliseconds(1), Store = store };
        Start();

        Journal.Append(Job, 1, Life);

        await Projected(Job, 5);
        Assert.True(store.Refusals > 0);
    }

    [Fact]
    public async Task A_projection_that_does_not_get_on_says_since_when_and_why_and_is_well_again_when_it_does()
    {
        var store = new StumblingStore(Store) { Stumbles = int.MaxValue };
        Environment = Environment with { MinRestartDelay = TimeSpan.FromMilliseconds(1), MaxRestartDelay = TimeSpan.FromMilliseconds(10), Store = store };
        Start();
        Journal.Append(Job, 1, Life);

        await AwaitAssertAsync(() => Assert.NotEmpty(Environment.Lag.Failing), Patience.Limit);
        Clock.Advance(TimeSpan.FromSeconds(5));
        var seen = store.Refusals;
        await AwaitAssertAsync(() => Assert.True(store.Refusals > seen + 2), Patience.Limit);
        var failing = Assert.Single(Environment.Lag.Failing);
        Assert.Equal((Slice, T0, "stumbled"), (failing.Slice, failing.Failure!.Since, failing.Failure.Error));
        Assert.True(failing.Lag >= TimeSpan.FromSeconds(5), $"{failing.Lag}");

        store.Stumbles = 0;
        await Projected(Job, 5);
        Assert.Empty(Environment.Lag.Failing);
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_of_once_for_all_tries_and_without_a_stack()
    {
        var said = CreateTestProbe();
        Sys.EventStream.Subscribe(said.Ref, typeof(LogEvent));
        var store = new StumblingStore(Store) { Stumbles = int.MaxValue };
        Environment = Environment with { MinRestartDelay = TimeSpan.FromMilliseconds(1), MaxRestartDelay = TimeSpan.FromMilliseconds(2), Store = store };
        Start();
        Journal.Append(Job, 1, Life);
        await AwaitAssertAsync(() => Assert.True(store.Refusals > 4), Patience.Limit);

        Sys.EventStream.Publish(new Info(null, "end", typeof(object), "end"));
        var all = new List<LogEvent>();
        while (all is not [.., Info { LogSource: "end" }])
            all.Add(await said.ExpectMsgAsync<LogEvent>(Patience.Limit));

        var told = Assert.Single(all, static one => one is Warning or Error);
        Assert.Null(told.Cause);
        Assert.Contains("stumbled", told.Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_the_view_writer_failed_to_write_is_repaired()
    {
        Environment = Environment with { MinRestartDelay = TimeSpan.FromMilliseconds(1) };
        var row = new AwaitedRow(After(2), isNew: true);
        Recent.Add(row);
        row.Fail(new ViewsUnavailableException("disk"));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done);

        Journal.Append(Job, 1, Life[..2]);
        Start();

        await Projected(Job, 2);
    }

    [Fact]
    public async Task The_age_of_what_is_not_visible_yet_is_the_lag()
    {
        Clock.Advance(TimeSpan.FromSeconds(3));
        Start();

        Journal.Append(Job, 1, Life[0]);
        await Projected(Job, 1);
        await AwaitAssertAsync(() => Assert.Equal(TimeSpan.FromSeconds(3), Environment.Lag.Current));

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, Environment.Lag.Current);
        Assert.Equal(1, Environment.Lag.Slices[Slice].Offset);
    }

    private IActorRef Start() => Sys.ActorOf(SliceProjectionActor.Props(Slice, Environment));

    private async Task Stopped(IActorRef projection)
    {
        await WatchAsync(projection);
        projection.Tell(StopProjection.Instance);
        await ExpectTerminatedAsync(projection);
    }

    private Task Projected(JobId id, long version) => AwaitAssertAsync(
        async () => Assert.Equal(version, (await Store.FindJobAsync(id, default))?.Projected), Patience.Limit);

    /// <summary>Tells that somebody waits.</summary>
    private sealed class Beats : FakeTimeProvider
    {
        private readonly TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waited => _waited.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waited.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
