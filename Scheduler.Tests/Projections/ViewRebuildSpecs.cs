using Akka;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Akka.Util;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

public sealed class ViewRebuildSpecs : ProjectionFixture
{
    [Fact]
    public async Task A_rebuild_gives_what_the_projections_gave()
    {
        var jobs = Jobs(50);
        foreach (var job in jobs)
            Journal.Append(job, 1, LifeOf(job));
        var rebuild = new ViewRebuild(Sys, Environment);

        var done = await rebuild.RebuildAsync(default);

        Assert.Equal(new RebuildProgress(JobId.Slices, 250, IsDone: true), done);
        Assert.False(rebuild.IsRunning);
        await AllAre(jobs);
    }

    [Fact]
    public async Task Rows_that_the_journal_does_not_have_are_gone_after_it()
    {
        await Write(JobState.Empty(JobId.Parse("ghost")).Apply(Life[..2]), isNew: true);
        Journal.Append(Job, 1, Life);

        await new ViewRebuild(Sys, Environment).RebuildAsync(default);

        Assert.Equal([Job], (await Store.ListJobsAsync(new JobQuery(), default)).Select(v => v.State.Id));
    }

    [Fact]
    public async Task Events_that_come_while_it_goes_on_are_there_after_it()
    {
        var jobs = Jobs(300);
        foreach (var job in jobs)
            Journal.Append(job, 1, LifeOf(job)[..2]);
        for (var slice = 0; slice < JobId.Slices; slice++)
            Sys.ActorOf(SliceProjectionActor.Props(slice, Environment));
        var rebuild = new ViewRebuild(Sys, Environment);

        var rebuilding = rebuild.RebuildAsync(default);
        foreach (var job in jobs)
        {
            // The entity's own row of an edit, which goes into both sets, and its events.
            Store.Enqueue(new AwaitedRow(JobState.Empty(job).Apply(LifeOf(job)[..3]), isNew: false));
            Journal.Append(job, 3, LifeOf(job)[2..]);
            await Task.Yield();
        }

        await rebuilding;
        var later = JobId.Parse("later");
        Journal.Append(later, 1, LifeOf(later));

        await AllAre([.. jobs, later]);
    }

    [Fact]
    public async Task Only_one_goes_on_at_a_time()
    {
        var journal = new GatedJournal();
        var rebuild = new ViewRebuild(Sys, Environment with { Journal = Environment.Journal with { CurrentByTag = journal } });

        var first = rebuild.RebuildAsync(default);
        Assert.True(rebuild.IsRunning);
        await Assert.ThrowsAsync<InvalidOperationException>(() => rebuild.RebuildAsync(default));
        journal.Gate.SetResult();

        Assert.True((await first).IsDone);
        Assert.False(rebuild.IsRunning);
    }

    [Fact]
    public async Task One_that_fails_leaves_the_live_tables_and_another_may_follow()
    {
        await Write(After(2), isNew: true);
        Journal.Append(Job, 1, Life);
        var live = await Store.LiveTablesAsync(default);
        var rebuild = new ViewRebuild(Sys, Environment with { Store = new StumblingStore(Store) });

        await Assert.ThrowsAnyAsync<Exception>(() => rebuild.RebuildAsync(default));

        Assert.Equal(live, await Store.LiveTablesAsync(default));
        Assert.Equal(new JobView(After(2), 2), await Store.FindJobAsync(Job, default));
        await new ViewRebuild(Sys, Environment).RebuildAsync(default);
        await AllAre([]);
        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
    }

    [Fact]
    public async Task One_that_is_given_up_leaves_the_live_tables()
    {
        Journal.Append(Job, 1, Life);
        var live = await Store.LiveTablesAsync(default);

        await Assert.ThrowsAnyAsync<Exception>(() => new ViewRebuild(Sys, Environment).RebuildAsync(new CancellationToken(canceled: true)));

        Assert.Equal(live, await Store.LiveTablesAsync(default));
    }

    private static List<JobId> Jobs(int count) => [.. Enumerable.Range(1, count).Select(n => JobId.Parse($"job-{n}"))];

    private static JobEvent[] LifeOf(JobId job)
    {
        var run = RunId.Scheduled(job, 1, T0);
        return
        [
            new JobCreated { At = T0, Definition = Definition(job.Value), Generation = 1 },
            new JobScheduled { At = T0, NextFireTime = T0, NextDueAt = T0 },
            new AttemptStarted { At = T0, RunId = run, Number = 1, Kind = AttemptKind.Scheduled, FireTime = T0, DueAt = T0, Node = Node },
            new RunCompleted { At = T0.AddSeconds(1), RunId = run, Number = 1 },
            new JobCompleted { At = T0.AddSeconds(1) },
        ];
    }

    private Task AllAre(IReadOnlyCollection<JobId> jobs) => AwaitAssertAsync(
        async () =>
        {
            foreach (var job in jobs)
            {
                Assert.Equal(new JobView(JobState.Empty(job).Apply(LifeOf(job)), 5), await Store.FindJobAsync(job, default));
                Assert.Equal(RunStatus.Completed, (await Store.FindRunAsync(RunId.Scheduled(job, 1, T0), default))?.Status);
            }
        },
        Patience.Limit);

    /// <summary>A journal without events that says so only when it may.</summary>
    private sealed class GatedJournal : ICurrentEventsByTagQuery
    {
        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Source<EventEnvelope, NotUsed> CurrentEventsByTag(string tag, Offset offset) =>
            Source.UnfoldAsync(0, async _ =>
            {
                await Gate.Task;
                return Option<(int, EventEnvelope)>.None;
            });
    }
}
