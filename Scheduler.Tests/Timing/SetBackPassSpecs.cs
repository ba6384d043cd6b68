using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Actors.Timing;
using Scheduler.Tests.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Timing;

public sealed class SetBackPassSpecs : IDisposable
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteJobViewStore _store;
    private readonly List<string> _woken = [];

    public SetBackPassSpecs() => _store = new SqliteJobViewStore(_folder.File("views.db"), NullLogger<SqliteJobViewStore>.Instance);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Jobs_whose_active_runs_were_begun_by_a_clock_that_was_ahead_are_woken()
    {
        await Active("ahead", T0.AddHours(3), retryAt: null);
        await Active("ahead-retrying", T0.AddHours(3), T0.AddHours(4));
        await Active("right", T0, retryAt: null);
        await Active("right-retrying", T0, T0.AddHours(4));
        await Active("within-the-threshold", T0 + Threshold, retryAt: null);
        await Write(Created(JobId.Parse("not-active"), T0.AddHours(3)));

        Assert.Equal(2, await RunAsync());

        Assert.Equal(["ahead", "ahead-retrying"], _woken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task They_are_found_however_many_there_are()
    {
        for (var n = 0; n < (2 * SetBackPass.PageSize) + 1; n++)
            await Active($"job-{n}", T0.AddHours(3), T0.AddHours(4));

        Assert.Equal((2 * SetBackPass.PageSize) + 1, await RunAsync());

        Assert.Equal(_woken.Count, _woken.Distinct(StringComparer.Ordinal).Count());
    }

    private Task<int> RunAsync() => new SetBackPass(_store, id => _woken.Add(id.Value), new StandingClock(), Threshold).RunAsync(CancellationToken.None);

    private async Task Active(string id, DateTimeOffset at, DateTimeOffset? retryAt)
    {
        var created = Created(JobId.Parse(id), T0.AddDays(-1));
        var run = RunId.Scheduled(created.Id, 1, T0);
        var started = created.Apply(new AttemptStarted { At = at, RunId = run, Number = 1, Kind = AttemptKind.Scheduled, FireTime = T0, DueAt = T0, Node = new WorkerNode("node", 1) });
        await Write(retryAt is null
            ? started
            : started.Apply(new AttemptFailed { At = at, RunId = run, Number = 1, Kind = FailureKind.Failed, Error = "boom", Retryable = true, RetryAt = retryAt, Timing = AttemptTiming.Unknown }));
    }

    private async Task Write(JobState state)
    {
        var row = new AwaitedRow(state, isNew: true);
        _store.Enqueue(row);
        await row.Done;
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => T0;
    }
}
