using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Nothing starts on a node that drains, whatever would bring it about; what did not start is done by whoever has the job next.</summary>
public sealed class DrainSpecs : JobSpec
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset First = Start + Minute;
    private static readonly DateTimeOffset Second = First + Minute;

    /// <summary>Every way in which an attempt comes about; each leads to the moment at which it would start.</summary>
    private static readonly Dictionary<string, Func<DrainSpecs, Task>> Starts = new(StringComparer.Ordinal)
    {
        ["a fire time"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.Skip));
            await spec.DrainAsync();
            await spec.PassAsync(First);
        },
        ["a one-off of now"] = async spec =>
        {
            await spec.DrainAsync();
            await spec.CreateAsync(OneOff(Start));
        },
        ["a trigger"] = async spec =>
        {
            await spec.CreateAsync(OneOff(First));
            await spec.DrainAsync();
            Assert.IsType<RunAccepted>(await spec.AskAsync(new TriggerJob(spec.Job, Reason: null)));
        },
        ["a retry"] = async spec =>
        {
            await spec.CreateAsync(OneOff(Start));
            (await spec.Targets.Calls.NextAsync()).Fail("no");
            var failed = await spec.StoredAsync<AttemptFailed>();
            await spec.DrainAsync();
            await spec.PassAsync(failed.RetryAt!.Value);
        },
        ["a retry of what never began"] = async spec =>
        {
            var write = spec.Journal.HoldNext(e => e is AttemptStarted);
            await spec.CreateAsync(OneOff(Start));
            await write.Arrived;
            await spec.DrainAsync();
            write.Release();
            Assert.Equal(AttemptLoss.NotBegun, (await spec.StoredAsync<AttemptLost>()).Loss);
        },
        ["a buffered fire time"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.BufferOne));
            var first = await spec.FireAsync(First);
            await spec.PassAsync(Second);
            await spec.DrainAsync();
            first.Succeed();
            await spec.StoredAsync<RunCompleted>();
        },
        ["a catch-up"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.Skip) with { Misfire = new MisfirePolicy(MisfireKind.FireAll, Window: null, Limit: 5) });
            await spec.DrainAsync();
            await spec.PassAsync(Start + (10.5 * Minute));
        },
        ["a fire time beside another run"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.Allow));
            await spec.FireAsync(First);
            await spec.DrainAsync();
            await spec.PassAsync(Second);
        },
        ["a fire time in place of another run"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.CancelRunning));
            await spec.FireAsync(First);
            await spec.DrainAsync();
            await spec.PassAsync(Second);
        },
        ["a trigger in place of another run"] = async spec =>
        {
            await spec.CreateAsync(Every(OverlapPolicy.CancelRunning));
            await spec.FireAsync(First);
            await spec.DrainAsync();
            Assert.IsType<RunAccepted>(await spec.AskAsync(new TriggerJob(spec.Job, Reason: null)));
        },
        ["an attempt that waits for the end of the one that it replaces"] = async spec =>
        {
            spec.Targets.HeedCancellation = false;
            await spec.CreateAsync(Every(OverlapPolicy.CancelRunning));
            var first = await spec.FireAsync(First);
            await spec.PassAsync(Second);
            await spec.StoredAsync<RunCancelled>();
            await first.Cancelled;
            await spec.DrainAsync();
            first.Succeed();
            Assert.Equal(AttemptLoss.NotBegun, (await spec.StoredAsync<AttemptLost>()).Loss);
        },
        ["an attempt that is stored and not yet due"] = async spec =>
        {
            await spec.CreateAsync(OneOff(First));
            await spec.WaitsForAsync(First);
            spec.AdvanceTo(First - spec.Timing.Lead);
            await spec.WorkerWaitsForAsync(First);
            await spec.DrainAsync();
            Assert.Equal(AttemptLoss.NotBegun, (await spec.StoredAsync<AttemptLost>()).Loss);
            spec.AdvanceTo(First);
        },
    };

    private int _callsBefore;
    private TestNode? _drained;

    public static TheoryData<string> Kinds => [.. Starts.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nothing_starts_on_a_node_that_drains_and_the_next_node_starts_it(string kind)
    {
        await Starts[kind](this);
        Wake();
        await SettleAsync();
        Assert.Equal(_callsBefore, Targets.Calls.Items.Count);

        foreach (var call in Targets.Calls.Items)
            call.Succeed();
        await _drained!.Runs.Ask<Drained>(DrainRuns.Instance, Patience.Limit);
        Assert.Equal(_callsBefore, Targets.Calls.Items.Count);

        Host = StartNode();
        await HandOverAsync();
        Wake();
        await Targets.Calls.AtLeastAsync(_callsBefore + 1);
    }

    [Fact]
    public async Task A_run_goes_on_when_the_one_that_would_take_its_place_must_not_start()
    {
        await CreateAsync(Every(OverlapPolicy.CancelRunning));
        var first = await FireAsync(First);
        await DrainAsync();
        await PassAsync(Second);
        await SettleAsync();
        Assert.False(first.Token.IsCancellationRequested);
        Assert.Empty(Events.OfType<RunCancelled>());

        first.Succeed();
        await StoredAsync<RunCompleted>(e => e.RunId == first.Attempt.RunId);
    }

    private static JobDefinition Every(OverlapPolicy overlap) => OneOff(Start) with
    {
        Schedule = new IntervalSchedule(Minute, Start),
        Overlap = overlap,
    };

    private async Task DrainAsync()
    {
        await SettleAsync();
        _drained = Host;
        _callsBefore = Targets.Calls.Items.Count;
        Host.Runs.Tell(DrainRuns.Instance, TestActor);
        await SeenByAsync(Host.Runs);
        Assert.False(Host.Gate.IsOpen);
    }

    private async Task<TargetCall> FireAsync(DateTimeOffset at)
    {
        await PassAsync(at);
        return await Targets.Calls.NextAsync();
    }

    /// <summary>Time goes on to that instant, and the job has noticed.</summary>
    private async Task PassAsync(DateTimeOffset at)
    {
        AdvanceTo(at);
        Wake();
        await SettleAsync();
    }
}
