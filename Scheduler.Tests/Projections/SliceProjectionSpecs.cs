using Akka.Persistence.Query;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>What a projection makes of its events, a step at a time.</summary>
public sealed class SliceProjectionSpecs : ProjectionFixture
{
    [Fact]
    public async Task A_life_in_one_step_gives_the_job_and_its_run()
    {
        await Project(1, 2, 3, 4, 5);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Completed, 4L), await RunRow());
    }

    [Fact]
    public async Task A_life_in_single_steps_of_fresh_projections_gives_the_same()
    {
        foreach (var version in new[] { 1, 2, 3, 4, 5 })
            await Project(version);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Completed, 4L), await RunRow());
    }

    [Fact]
    public async Task A_second_reading_of_all_events_changes_nothing()
    {
        await Project(1, 2, 3, 4, 5);
        var run = await Store.FindRunAsync(RunAt0, default);

        await Project(1, 2, 3, 4, 5);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal(run, await Store.FindRunAsync(RunAt0, default));
    }

    [Fact]
    public async Task Events_that_come_twice_in_one_step_count_once()
    {
        await Project(1, 2, 2, 3, 3, 1, 4, 5, 4);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Single((await Store.FindRunAsync(RunAt0, default))!.Attempts);
    }

    [Fact]
    public async Task Events_out_of_order_are_put_in_order_by_the_jobs_own_journal()
    {
        StoreLife();

        await Project(2, 1, 5, 3, 4);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Completed, 4L), await RunRow());
        Assert.Equal(1, Journal.ReadsById);
    }

    [Fact]
    public async Task What_lies_between_is_read_before_an_event_further_on()
    {
        StoreLife();
        await Project(1, 2);

        await Project(5);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Completed, 4L), await RunRow());
    }

    [Fact]
    public async Task Where_the_journal_has_less_than_that_the_projection_goes_on_with_what_there_is()
    {
        await Project(1, 2);

        await Project(5);

        var view = await Store.FindJobAsync(Job, default);
        Assert.Equal((5L, 5L), (view!.State.Version, view.Projected));
    }

    [Fact]
    public async Task A_row_that_is_ahead_keeps_its_state_and_gets_its_runs()
    {
        await Write(After(5), isNew: false);

        await Project(1, 2, 3);

        Assert.Equal(new JobView(After(5), 3), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Running, 3L), await RunRow());

        await Project(4, 5);

        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal((RunStatus.Completed, 4L), await RunRow());
    }

    [Fact]
    public async Task A_projection_that_is_ahead_is_not_set_back_by_the_view_writer()
    {
        await Project(1, 2, 3);

        await Write(After(2), isNew: true);

        Assert.Equal(new JobView(After(3), 3), await Store.FindJobAsync(Job, default));
    }

    [Fact]
    public async Task A_new_jobs_events_are_dropped_when_the_view_writer_has_its_row()
    {
        Recent.Add(await Write(After(2), isNew: true));

        var step = await Step(Events(1, 2), Recent);

        Assert.Empty(step.Jobs);
        Assert.Single(step.Assumed);
        await Store.CommitAsync(step, default);
        Assert.Equal(2, await Store.FindOffsetAsync(step.Tables, Slice, default));
    }

    [Fact]
    public async Task A_new_job_goes_on_from_the_view_writers_row_without_a_query()
    {
        Recent.Add(new AwaitedRow(After(2), isNew: true));

        var step = await Step(Events(1, 2, 3), Recent);

        Assert.Equal([new ProjectedJob(After(3), 3, 1)], step.Jobs);
    }

    [Fact]
    public async Task A_row_that_could_not_be_written_is_made_by_the_projection()
    {
        var row = new AwaitedRow(After(2), isNew: true);
        Recent.Add(row);
        var step = await Step(Events(1, 2), Recent);
        row.Fail(new ViewsUnavailableException("disk"));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done);
        await Assert.ThrowsAsync<RowAssumptionException>(() => Store.CommitAsync(step, default));

        await Store.CommitAsync(await Step(Events(1, 2), Recent), default);

        Assert.Equal(new JobView(After(2), 2), await Store.FindJobAsync(Job, default));
    }

    [Fact]
    public async Task An_event_that_is_poison_is_set_aside_and_the_others_go_on()
    {
        var other = JobId.Parse("job-b");
        var events = new[]
        {
            Envelope(1, 1, Life[0]),
            Envelope(2, 2, "no event of a job"),
            new EventEnvelope(Offset.Sequence(3), other.PersistenceId, 1, Life[0], 0, []),
            new EventEnvelope(Offset.Sequence(4), "not-a-job", 1, Life[0], 0, []),
            Envelope(5, 3, Life[2]),
        };

        var step = await Step(events, recent: null);
        await Store.CommitAsync(step, default);

        Assert.Equal([(Job.PersistenceId, 2L), ("not-a-job", 1L)], step.SetAside.Select(s => (s.PersistenceId, s.Version)));
        Assert.Equal(2, Environment.Lag.SetAsideCount);
        Assert.Equal((3L, 3L), await Versions(Job));
        Assert.Equal((1L, 1L), await Versions(other));
        Assert.Equal((RunStatus.Running, 3L), await RunRow());
    }

    [Fact]
    public async Task Skips_are_known_by_the_generation_that_they_are_of()
    {
        JobEvent[] facts =
        [
            .. Life[..2],
            new OccurrencesSkipped { At = T0, From = T0, To = T0, Count = 1, Why = SkipReason.Updated },
            new JobUpdated { At = T0, Definition = Definition("job"), Generation = 2 },
            new OccurrencesSkipped { At = T0, From = T0, To = T0, Count = 1, Why = SkipReason.Misfire },
        ];
        await Write(JobState.Empty(Job).Apply(facts), isNew: false);

        for (var i = 0; i < facts.Length; i++)
            await Store.CommitAsync(await Step([Envelope(i + 1, i + 1, facts[i])], recent: null), default);

        var runs = await Store.ListRunsAsync(new RunQuery { JobId = Job }, default);
        Assert.Equal([RunId.Scheduled(Job, 2, T0), RunId.Scheduled(Job, 1, T0)], runs.Select(r => r.RunId));
        Assert.Equal(["misfire", "updated"], runs.Select(r => r.Reason));
    }

    [Fact]
    public async Task A_deleted_job_leaves_its_row_hidden_with_its_version()
    {
        await Project(1, 2);

        await Store.CommitAsync(await Step([Envelope(3, 3, new JobDeleted { At = T0 })], recent: null), default);

        Assert.Empty(await Store.ListJobsAsync(new JobQuery(), default));
        Assert.True((await Store.FindJobAsync(Job, default))!.State.IsDeleted);
        Assert.Equal((3L, 3L), await Versions(Job));
    }

    [Fact]
    public async Task A_job_that_is_put_anew_after_its_cancellation_goes_on_with_its_new_generation()
    {
        JobEvent[] facts =
        [
            .. Life[..2],
            new OccurrencesSkipped { At = T0, From = T0, To = T0, Count = 1, Why = SkipReason.Cancelled },
            new JobCancelled { At = T0 },
            new JobCreated { At = T0.AddDays(1), Definition = Definition("again", "new"), Generation = 2 },
            new JobScheduled { At = T0.AddDays(1), NextFireTime = T0.AddDays(2), NextDueAt = T0.AddDays(2) },
            new OccurrencesSkipped { At = T0.AddDays(3), From = T0, To = T0, Count = 1, Why = SkipReason.Paused },
        ];

        for (var i = 0; i < facts.Length; i++)
            await Store.CommitAsync(await Step([Envelope(i + 1, i + 1, facts[i])], recent: null), default);

        var listed = Assert.Single(await Store.ListJobsAsync(new JobQuery { Statuses = [JobStatus.Pending], Tag = "new", CreatedAfter = T0 }, default));
        Assert.Equal(JobState.Empty(Job).Apply(facts), listed.State);
        Assert.Empty(await Store.ListJobsAsync(new JobQuery { Statuses = [JobStatus.Cancelled] }, default));
        Assert.Equal([RunId.Scheduled(Job, 2, T0), RunId.Scheduled(Job, 1, T0)], (await Store.ListRunsAsync(new RunQuery(), default)).Select(r => r.RunId));
    }

    [Fact]
    public async Task Late_events_of_a_job_whose_hidden_row_was_removed_do_not_revive_it()
    {
        StoreLife();
        Journal.Store(Job.PersistenceId, 6, new JobDeleted { At = T0.AddSeconds(2) }, JobId.SliceTag(Slice));
        await Project(1, 2, 3, 4, 5);
        await Store.CommitAsync(await Step([Envelope(6, 6, new JobDeleted { At = T0.AddSeconds(2) })], recent: null), default);
        Assert.Equal(2, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 500, default));
        Assert.Null(await Store.FindJobAsync(Job, default));

        await Project(3);

        Assert.Empty(await Store.ListJobsAsync(new JobQuery(), default));
        Assert.Equal((6L, 6L), await Versions(Job));
        await Project(4, 5);
        Assert.Equal((6L, 6L), await Versions(Job));
        Assert.Equal(2, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 500, default));
    }

    [Fact]
    public async Task A_job_that_is_put_anew_after_its_hidden_row_was_removed_is_whole_again()
    {
        StoreLife();
        var deleted = new JobDeleted { At = T0.AddSeconds(2) };
        var again = new JobCreated { At = T0.AddDays(9), Definition = Definition("again"), Generation = 2 };
        Journal.Store(Job.PersistenceId, 6, deleted, JobId.SliceTag(Slice));
        Journal.Store(Job.PersistenceId, 7, again, JobId.SliceTag(Slice));

        await Store.CommitAsync(await Step([Envelope(7, 7, again)], recent: null), default);

        Assert.Equal(new JobView(JobState.Empty(Job).Apply([.. Life, deleted, again]), 7), await Store.FindJobAsync(Job, default));
        Assert.Single(await Store.ListJobsAsync(new JobQuery(), default));
    }

    [Fact]
    public async Task A_requested_run_is_seen_from_its_request_on()
    {
        var id = RunId.Requested(Job, 1, 3);
        await Project(1, 2);
        await Store.CommitAsync(await Step([Envelope(3, 3, new RunRequested { At = T0.AddSeconds(5), RunId = id })], recent: null), default);
        var pending = await Store.FindRunAsync(id, default);
        var started = new AttemptStarted
        {
            At = T0.AddSeconds(6),
            RunId = id,
            Number = 1,
            Kind = AttemptKind.Requested,
            FireTime = T0.AddSeconds(5),
            DueAt = T0.AddSeconds(5),
            Node = Node,
        };

        await Store.CommitAsync(await Step([Envelope(4, 4, started)], recent: null), default);

        Assert.Equal(RunStatus.Pending, pending!.Status);
        Assert.Equal(RunStatus.Running, (await Store.FindRunAsync(id, default))!.Status);
        Assert.Single(await Store.ListRunsAsync(new RunQuery { JobId = Job }, default));
    }

    [Fact]
    public async Task More_jobs_than_the_cache_holds_are_projected_all_the_same()
    {
        var jobs = Enumerable.Range(1, 3000).Select(n => JobId.Parse($"job-{n}")).ToList();
        var projection = new SliceProjection(Slice, (await Store.LiveTablesAsync(default)).Id, Environment, recent: null, Materializer);
        var offset = 0;
        for (var version = 1; version <= 3; version++)
        {
            foreach (var chunk in jobs.Chunk(500))
            {
                var events = chunk.Select(id => new EventEnvelope(
                    Offset.Sequence(++offset), id.PersistenceId, version, version < 3 ? Life[version - 1] : new JobPaused { At = T0 }, 0, [])).ToList();
                await Store.CommitAsync(await projection.ProjectAsync(events, default).SingleAsync(), default);
            }
        }

        Assert.Equal(1000, (await Store.ListJobsAsync(new JobQuery { Statuses = [JobStatus.Paused] }, default)).Count);
        Assert.Equal((3L, 3L), await Versions(jobs[0]));
        Assert.Equal((3L, 3L), await Versions(jobs[^1]));
        Assert.Equal(0, Journal.ReadsById);
    }

    [Fact]
    public async Task A_late_event_with_a_lower_offset_does_not_take_the_stored_offset_back()
    {
        StoreLife();
        var tables = (await Store.LiveTablesAsync(default)).Id;
        var projection = new SliceProjection(Slice, tables, Environment, recent: null, Materializer);

        // The third event comes late; the job's own journal had it already when the fourth came.
        await Store.CommitAsync(await projection.ProjectAsync([Envelope(10, 1, Life[0]), Envelope(20, 2, Life[1]), Envelope(40, 4, Life[3])], default).SingleAsync(), default);
        var late = await projection.ProjectAsync([Envelope(30, 3, Life[2])], default).SingleAsync();
        await Store.CommitAsync(late, default);

        Assert.Equal(40, late.Offset);
        Assert.Equal(40, await Store.FindOffsetAsync(tables, Slice, default));
        Assert.Equal((4L, 4L), await Versions(Job));
    }

    [Fact]
    public async Task A_resumed_stream_that_repeats_events_changes_nothing_and_keeps_the_offset()
    {
        await Project(1, 2, 3, 4, 5);
        var tables = (await Store.LiveTablesAsync(default)).Id;
        var run = await Store.FindRunAsync(RunAt0, default);

        await Project(1, 2, 3);

        Assert.Equal(5, await Store.FindOffsetAsync(tables, Slice, default));
        Assert.Equal(new JobView(After(5), 5), await Store.FindJobAsync(Job, default));
        Assert.Equal(run, await Store.FindRunAsync(RunAt0, default));
    }

    private async Task<(RunStatus Status, long Version)?> RunRow() =>
        await Store.FindRunAsync(RunAt0, default) is { } run ? (run.Status, run.Version) : null;

    private async Task<(long Version, long Projected)> Versions(JobId id)
    {
        var view = await Store.FindJobAsync(id, default);
        return (view!.State.Version, view.Projected);
    }

    private EventEnvelope Envelope(long offset, long version, object fact) => new(Offset.Sequence(offset), Job.PersistenceId, version, fact, 0, []);

    private EventEnvelope[] Events(params int[] versions) => [.. versions.Select((version, i) => Envelope(i + 1, version, Life[version - 1]))];

    private void StoreLife()
    {
        for (var i = 0; i < Life.Length; i++)
            Journal.Store(Job.PersistenceId, i + 1, Life[i], JobId.SliceTag(Slice));
    }

    private async Task Project(params int[] versions) => await Store.CommitAsync(await Step(Events(versions), recent: null), default);

    private async Task<ProjectionStep> Step(EventEnvelope[] events, RecentRows? recent) =>
        await new SliceProjection(Slice, (await Store.LiveTablesAsync(default)).Id, Environment, recent, Materializer).ProjectAsync(events, default).SingleAsync();
}
