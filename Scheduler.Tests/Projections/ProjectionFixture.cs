using Akka.Streams;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>A journal, a store, and what projections need between them.</summary>
[Trait("Storage", "any")]
public abstract class ProjectionFixture : TestKit
{
    private readonly StorageUnderTest _storage = new();

    protected ProjectionFixture()
    {
        Store = _storage.OpenViews();
        Environment = new ProjectionEnvironment(Clock, Store, Journal.Queries, Recent, new ProjectionLag(Clock), NullLogger.Instance)
        {
            NewRowGrace = TimeSpan.Zero,
        };
        Materializer = Sys.Materializer();
    }

    internal FakeJournal Journal { get; } = new();

    protected IJobViewStore Store { get; }

    protected RecentRows Recent { get; } = new();

    protected UnwrittenRows Unwritten { get; } = new();

    protected FakeTimeProvider Clock { get; } = new(T0);

    protected ProjectionEnvironment Environment { get; set; }

    protected IMaterializer Materializer { get; }

    protected JobId Job { get; } = JobId.Parse("job-a");

    protected int Slice => Job.Slice;

    protected RunId RunAt0 => RunId.Scheduled(Job, 1, T0);

    /// <summary>A one-off's whole life: versions 1 to 5.</summary>
    protected JobEvent[] Life =>
    [
        new JobCreated { At = T0, Definition = Definition("job"), Generation = 1 },
        new JobScheduled { At = T0, NextFireTime = T0, NextDueAt = T0 },
        new AttemptStarted { At = T0, RunId = RunAt0, Number = 1, Kind = AttemptKind.Scheduled, FireTime = T0, DueAt = T0, Node = Node },
        new RunCompleted { At = T0.AddSeconds(1), RunId = RunAt0, Number = 1 },
        new JobCompleted { At = T0.AddSeconds(1) },
    ];

    protected JobState After(int events) => JobState.Empty(Job).Apply(Life.Take(events));

    internal async Task<AwaitedRow> Write(JobState state, bool isNew)
    {
        var row = new AwaitedRow(state, isNew);
        Store.Enqueue(row);
        await row.Done;
        return row;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _storage.Dispose();
        Environment.Lag.Dispose();
    }
}
