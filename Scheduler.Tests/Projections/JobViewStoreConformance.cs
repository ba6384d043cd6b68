using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>What every view store must do; a store's specs derive from it.</summary>
public abstract class JobViewStoreConformance
{
    private readonly JobId _job = JobId.Parse("job-a");

    protected abstract IJobViewStore Store { get; }

    [SkippableFact]
    public async Task A_row_that_was_told_written_is_found_by_the_next_query()
    {
        var state = Created(_job, name: "Räksmörgås", tags: ["billing"]);

        await Write(state, isNew: true);

        Assert.Equal(new JobView(state, 2), await Store.FindJobAsync(_job, default));
        Assert.Equal([state], await List(new JobQuery()));
        Assert.Null(await Store.FindJobAsync(JobId.Parse("job-b"), default));
    }

    [SkippableFact]
    public async Task A_row_of_an_edit_leaves_what_is_projected_as_it_is()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(created, isNew: true);

        await Write(paused, isNew: false);

        Assert.Equal(new JobView(paused, 2), await Store.FindJobAsync(_job, default));
    }

    [SkippableFact]
    public async Task A_row_of_an_edit_that_comes_first_has_nothing_projected()
    {
        var created = Created(_job);

        await Write(created, isNew: false);

        Assert.Equal(new JobView(created, 0), await Store.FindJobAsync(_job, default));
    }

    [SkippableFact]
    public async Task An_older_row_changes_nothing()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(paused, isNew: false);

        await Write(created, isNew: true);
        await Commit(step => step with { Jobs = [new ProjectedJob(created, 1, 1)] });

        Assert.Equal(paused, (await Store.FindJobAsync(_job, default))!.State);
        Assert.Equal(["paused"], (await List(new JobQuery { Statuses = [JobStatus.Paused] })).Select(_ => "paused"));
    }

    [SkippableFact]
    public async Task A_projection_behind_the_row_moves_only_what_is_projected()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(paused, isNew: false);

        await Commit(step => step with { Jobs = [new ProjectedJob(created, 2, 1)] });

        Assert.Equal(new JobView(paused, 2), await Store.FindJobAsync(_job, default));
        Assert.Equal(new ProjectedJob(paused, 2, 1), await Store.FindProjectedAsync((await Live()).Id, _job, default));
    }

    [SkippableFact]
    public async Task What_is_projected_never_goes_back()
    {
        var created = Created(_job);
        await Write(created, isNew: true);

        await Commit(step => step with { Jobs = [new ProjectedJob(created, 1, 1)] });
        await Commit(step => step with { Jobs = [new ProjectedJob(created.Apply(new JobPaused { At = T0 }), 1, 1)] });

        Assert.Equal(2, (await Store.FindJobAsync(_job, default))!.Projected);
    }

    [SkippableFact]
    public async Task A_step_brings_rows_runs_and_offset()
    {
        var state = Created(_job);
        var run = Full(_job);

        await Commit(step => step with { Offset = 7, Jobs = [new ProjectedJob(state, 2, 1)], Runs = [run] });

        Assert.Equal(new JobView(state, 2), await Store.FindJobAsync(_job, default));
        Assert.Equal(run, await Store.FindRunAsync(run.RunId, default));
        Assert.Equal(run, await Store.FindProjectedRunAsync((await Live()).Id, run.RunId, default));
        Assert.Equal(7, await Store.FindOffsetAsync((await Live()).Id, _job.Slice, default));
        Assert.Equal(0, await Store.FindOffsetAsync((await Live()).Id, _job.Slice + 1, default));
    }

    [SkippableFact]
    public async Task A_stored_offset_never_goes_back()
    {
        await Commit(step => step with { Offset = 7 });

        await Commit(step => step with { Offset = 5 });

        Assert.Equal(7, await Store.FindOffsetAsync((await Live()).Id, _job.Slice, default));
    }

    [SkippableFact]
    public async Task An_older_run_row_changes_nothing()
    {
        var newer = Run(_job, T0, version: 5, RunStatus.Completed);
        await Commit(step => step with { Runs = [newer] });

        await Commit(step => step with { Runs = [Run(_job, T0, version: 4)] });

        Assert.Equal(newer, await Store.FindRunAsync(newer.RunId, default));
    }

    [SkippableFact]
    public async Task A_step_that_relies_on_a_row_that_was_not_written_writes_nothing()
    {
        var row = new AwaitedRow(Created(_job), isNew: true);
        row.Fail(new ViewsUnavailableException("disk"));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done);

        await Assert.ThrowsAsync<RowAssumptionException>(() => Commit(step => step with { Offset = 9, Assumed = [row] }));

        Assert.Equal(0, await Store.FindOffsetAsync((await Live()).Id, _job.Slice, default));
    }

    [SkippableFact]
    public async Task A_step_that_relies_on_a_row_that_another_set_has_writes_nothing()
    {
        var row = new AwaitedRow(Created(_job), isNew: true);
        Store.Enqueue(row);
        await row.Done;
        var rebuilt = await Store.BeginRebuildAsync(default);

        await Assert.ThrowsAsync<RowAssumptionException>(() => Commit(step => step with { Tables = rebuilt, Offset = 9, Assumed = [row] }));

        Assert.Equal(0, await Store.FindOffsetAsync(rebuilt, _job.Slice, default));
        await Commit(step => step with { Offset = 9, Assumed = [row] });
        Assert.Equal(9, await Store.FindOffsetAsync((await Live()).Id, _job.Slice, default));
    }

    [SkippableFact]
    public async Task A_step_may_rely_on_a_row_that_was_written_while_its_set_was_rebuilt()
    {
        var rebuilt = await Store.BeginRebuildAsync(default);
        var row = new AwaitedRow(Created(_job), isNew: true);
        Store.Enqueue(row);
        await row.Done;
        await Store.CompleteRebuildAsync(rebuilt, default);

        await Commit(step => step with { Offset = 9, Assumed = [row] });

        Assert.Equal(rebuilt, (await Live()).Id);
        Assert.Equal(new JobView(row.State, 2), await Store.FindJobAsync(_job, default));
    }

    [SkippableFact]
    public async Task A_deleted_job_leaves_its_row_hidden_with_its_version()
    {
        var created = Created(_job, tags: ["billing"]);
        var deleted = created.Apply(new JobDeleted { At = T0 });
        await Write(created, isNew: true);

        await Write(deleted, isNew: false);
        await Write(created, isNew: true);

        Assert.Equal(deleted, (await Store.FindJobAsync(_job, default))!.State);
        Assert.Empty(await List(new JobQuery()));
        Assert.Empty(await List(new JobQuery { Tag = "billing" }));
        Assert.Empty(await Store.DueJobsAsync(_job.Slice, T0.AddYears(1), null, 10, default));
    }

    [SkippableFact]
    public async Task A_job_that_is_created_anew_is_listed_under_its_new_creation()
    {
        var deleted = Created(_job, tags: ["old"]).Apply(new JobDeleted { At = T0 });
        var again = deleted.Apply(new JobCreated { At = T0.AddDays(1), Definition = Definition("again", "new"), Generation = 2 });
        await Write(deleted, isNew: false);

        await Write(again, isNew: false);

        Assert.Equal([again], await List(new JobQuery { CreatedAfter = T0.AddHours(1) }));
        Assert.Equal([again], await List(new JobQuery { Tag = "new" }));
        Assert.Empty(await List(new JobQuery { Tag = "old" }));
    }

    [SkippableFact]
    public async Task All_filters_that_are_set_must_hold()
    {
        var first = Created(Id(1), T0, T0.AddHours(1), "alpha one", "red", "big");
        var second = Created(Id(2), T0.AddMinutes(1), T0.AddHours(2), "alpha two", "red");
        var third = Created(Id(3), T0.AddMinutes(2), T0.AddHours(3), "Alpha three").Apply(new JobPaused { At = T0.AddMinutes(3) });
        foreach (var state in new[] { third, first, second })
            await Write(state, isNew: false);

        Assert.Equal([first, second, third], await List(new JobQuery()));
        Assert.Equal([third, second, first], await List(new JobQuery { Sort = JobSort.CreatedAtDescending }));
        Assert.Equal([third], await List(new JobQuery { Statuses = [JobStatus.Paused] }));
        Assert.Equal([first, second], await List(new JobQuery { Statuses = [JobStatus.Pending] }));
        Assert.Equal([first, second], await List(new JobQuery { Tag = "red" }));
        Assert.Equal([second, first], await List(new JobQuery { Tag = "red", Sort = JobSort.CreatedAtDescending }));
        Assert.Equal([first], await List(new JobQuery { Tag = "big", Statuses = [JobStatus.Pending] }));
        Assert.Empty(await List(new JobQuery { Tag = "big", Statuses = [JobStatus.Paused] }));
        Assert.Equal([first, second], await List(new JobQuery { NamePrefix = "alpha" }));
        Assert.Equal([third], await List(new JobQuery { NamePrefix = "A" }));
        Assert.Empty(await List(new JobQuery { NamePrefix = "%" }));
        Assert.Equal([first], await List(new JobQuery { DueBefore = T0.AddHours(2) }));
        Assert.Equal([second, third], await List(new JobQuery { CreatedAfter = T0 }));
        Assert.Equal([second], await List(new JobQuery { CreatedAfter = T0, Tag = "red", NamePrefix = "alpha t", DueBefore = T0.AddDays(1) }));
    }

    [SkippableTheory]
    [InlineData(JobSort.CreatedAt, null)]
    [InlineData(JobSort.CreatedAtDescending, null)]
    [InlineData(JobSort.CreatedAt, "red")]
    [InlineData(JobSort.CreatedAtDescending, "red")]
    public async Task Pages_hold_each_job_once_whatever_is_created_between_them(JobSort sort, string? tag)
    {
        // Three at each instant, so that pages end in the middle of a tie.
        var states = Enumerable.Range(1, 10).Select(n => Created(Id(n), T0.AddMinutes(n / 3), tags: ["red"])).ToList();
        foreach (var state in states)
            await Write(state, isNew: true);
        var seen = new List<JobState>();
        JobPosition? after = null;
        for (var page = 0; page < 20; page++)
        {
            var rows = await List(new JobQuery { Sort = sort, Tag = tag, Limit = 2, After = after });
            if (rows.Count == 0)
                break;
            seen.AddRange(rows);
            after = new JobPosition(rows[^1].CreatedAt, rows[^1].Id);
            await Write(Created(Id(100 + page), sort is JobSort.CreatedAt ? T0.AddMinutes(-1) : T0.AddDays(1), tags: ["red"]), isNew: true);
        }

        Assert.Equal(states.Select(s => s.Id.Value).Order(StringComparer.Ordinal), seen.Select(s => s.Id.Value).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Due_jobs_come_by_wake_time_and_id_a_page_at_a_time()
    {
        var ids = Enumerable.Range(1, 5000).Select(Id).Where(id => id.Slice == 3).Take(5).OrderBy(id => id.Value, StringComparer.Ordinal).ToList();
        var other = Enumerable.Range(1, 5000).Select(Id).First(id => id.Slice == 4);
        await Write(Created(ids[0], due: T0.AddMinutes(2)), isNew: true);
        await Write(Created(ids[1], due: T0.AddMinutes(1)), isNew: true);
        await Write(Created(ids[2], due: T0.AddMinutes(1)), isNew: true);
        await Write(Created(ids[3], due: T0.AddMinutes(9)), isNew: true);
        await Write(Created(ids[4], due: T0.AddMinutes(1)).Apply(new JobCancelled { At = T0 }), isNew: false);
        await Write(Created(other, due: T0), isNew: true);

        var first = await Store.DueJobsAsync(3, T0.AddMinutes(2), null, 2, default);
        var second = await Store.DueJobsAsync(3, T0.AddMinutes(2), first[^1], 2, default);

        Assert.Equal([new DueJob(T0.AddMinutes(1), ids[1]), new DueJob(T0.AddMinutes(1), ids[2])], first);
        Assert.Equal([new DueJob(T0.AddMinutes(2), ids[0])], second);
    }

    [SkippableFact]
    public async Task A_job_is_found_under_its_new_wake_time_only()
    {
        var state = Created(_job, due: T0);
        await Write(state, isNew: true);

        await Write(state.Apply(new JobScheduled { At = T0, NextFireTime = T0.AddDays(2), NextDueAt = T0.AddDays(2) }), isNew: false);

        Assert.Empty(await Store.DueJobsAsync(_job.Slice, T0.AddDays(1), null, 10, default));
        Assert.Single(await Store.DueJobsAsync(_job.Slice, T0.AddDays(2), null, 10, default));
    }

    [SkippableFact]
    public async Task A_row_that_is_not_taken_ends_the_page_and_rows_come_with_their_size()
    {
        for (var n = 0; n < 4; n++)
            await Write(Created(Id(n), T0.AddSeconds(n)), isNew: true);
        await Commit(step => step with { Runs = [.. Enumerable.Range(0, 4).Select(n => Run(_job, T0.AddMinutes(n), n + 3, RunStatus.Completed) with { RunId = RunId.Requested(_job, 1, n + 3) })] });

        var (jobs, runs) = (new List<int>(), new List<int>());
        Assert.True((await Store.ReadJobsAsync(new JobQuery(), Take<JobView>(jobs, most: 2), default)).HasMore);
        Assert.True((await Store.ReadRunsAsync(new RunQuery(), Take<RunView>(runs, most: 1), default)).HasMore);
        Assert.Equal((3, 2), (jobs.Count, runs.Count));
        Assert.All(jobs.Concat(runs), bytes => Assert.InRange(bytes, 2, 10_000));

        // Whether more follow is told by the limit, too.
        Assert.True((await Store.ReadJobsAsync(new JobQuery { Limit = 4 }, Take<JobView>(jobs, most: 100), default)).HasMore);
        Assert.False((await Store.ReadJobsAsync(new JobQuery { Limit = 5 }, Take<JobView>(jobs, most: 100), default)).HasMore);
        Assert.False((await Store.ReadRunsAsync(new RunQuery { Limit = 5 }, Take<RunView>(runs, most: 100), default)).HasMore);

        static RowTaker<T> Take<T>(List<int> sizes, int most) => (_, bytes) =>
        {
            sizes.Add(bytes);
            return sizes.Count <= most;
        };
    }

    [SkippableFact]
    public async Task Runs_come_newest_fire_time_first_a_page_at_a_time()
    {
        var runs = Enumerable.Range(0, 5)
            .Select(n => Run(_job, T0.AddMinutes(n / 2), n + 3, n == 2 ? RunStatus.Skipped : RunStatus.Completed) with { RunId = RunId.Requested(_job, 1, n + 3) })
            .ToList();
        await Commit(step => step with { Runs = [.. runs, Run(JobId.Parse("job-b"), T0, 1)] });

        var first = await Store.ListRunsAsync(new RunQuery { JobId = _job, Limit = 2 }, default);
        var second = await Store.ListRunsAsync(new RunQuery { JobId = _job, Limit = 9, After = new RunPosition(first[^1].FireTime, first[^1].RunId) }, default);

        Assert.Equal([runs[4], runs[3], runs[2], runs[1], runs[0]], first.Concat(second));
        Assert.Equal([runs[2]], await Store.ListRunsAsync(new RunQuery { JobId = _job, Statuses = [RunStatus.Skipped] }, default));
    }

    [SkippableFact]
    public async Task Runs_of_all_jobs_come_newest_fire_time_first_a_page_at_a_time()
    {
        // Three at each instant, of different jobs, so that pages end in the middle of a tie.
        var runs = Enumerable.Range(0, 10).Select(n => Run(Id(n % 3), T0.AddMinutes(n / 3), n + 1, n == 4 ? RunStatus.Discarded : RunStatus.Completed)).ToList();
        await Commit(step => step with { Runs = runs });
        var seen = new List<RunView>();
        RunPosition? after = null;
        for (var page = 0; page < 20; page++)
        {
            var rows = await Store.ListRunsAsync(new RunQuery { Limit = 2, After = after }, default);
            if (rows.Count == 0)
                break;
            seen.AddRange(rows);
            after = new RunPosition(rows[^1].FireTime, rows[^1].RunId);
        }

        Assert.Equal(runs.OrderByDescending(r => r.FireTime).ThenByDescending(r => r.RunId.Value, StringComparer.Ordinal), seen);
        Assert.Equal([runs[4]], await Store.ListRunsAsync(new RunQuery { Statuses = [RunStatus.Discarded] }, default));
    }

    [SkippableFact]
    public async Task A_window_of_runs_has_its_beginning_and_not_its_end_whatever_the_page()
    {
        var runs = Enumerable.Range(0, 6).Select(n => Run(n == 3 ? Id(1) : _job, T0.AddMinutes(n), n + 1, RunStatus.Completed)).ToList();
        await Commit(step => step with { Runs = runs });
        var window = new RunQuery { From = T0.AddMinutes(1), To = T0.AddMinutes(5) };

        Assert.Equal([runs[4], runs[3], runs[2], runs[1]], await Store.ListRunsAsync(window, default));
        Assert.Equal([runs[4], runs[2], runs[1]], await Store.ListRunsAsync(window with { JobId = _job }, default));
        Assert.Equal([runs[2], runs[1]], await Store.ListRunsAsync(window with { After = new RunPosition(runs[3].FireTime, runs[3].RunId) }, default));
        Assert.Equal([runs[4], runs[3], runs[2], runs[1]], await Store.ListRunsAsync(window with { After = new RunPosition(T0.AddDays(1), runs[5].RunId) }, default));
        Assert.Equal([runs[1], runs[0]], await Store.ListRunsAsync(new RunQuery { To = T0.AddMinutes(2) }, default));
        Assert.Empty(await Store.ListRunsAsync(new RunQuery { From = T0.AddMinutes(6) }, default));
    }

    [SkippableFact]
    public async Task Every_status_finds_its_jobs()
    {
        var pending = Created(Id(1));
        var states = new Dictionary<JobStatus, JobState>
        {
            [JobStatus.Pending] = pending,
            [JobStatus.Paused] = Created(Id(2)).Apply(new JobPaused { At = T0 }),
            [JobStatus.Cancelled] = Created(Id(3)).Apply(new JobCancelled { At = T0 }),
            [JobStatus.Running] = Started(Created(Id(4))),
            [JobStatus.Completed] = Finished(Id(5), T0),
            [JobStatus.Failed] = Finished(Id(6), T0, succeeds: false),
        };
        await Write(states[JobStatus.Failed] with { Id = Id(7) }, isNew: false);
        await Write((states[JobStatus.Failed] with { Id = Id(7) }).Apply(new JobDeleted { At = T0 }), isNew: false);
        foreach (var state in states.Values)
        {
            await Write(pending with { Id = state.Id, Version = 1 }, isNew: true);
            await Write(state, isNew: false);
        }

        Assert.Equal(Enum.GetValues<JobStatus>().Order(), states.Keys.Order());
        foreach (var (status, state) in states)
            Assert.Equal([state], await List(new JobQuery { Statuses = [status], Sort = JobSort.CreatedAtDescending }));
    }

    [SkippableFact]
    public async Task While_a_rebuild_goes_on_rows_are_written_to_both_sets()
    {
        var before = Created(Id(1));
        var during = Created(Id(2));
        await Write(before, isNew: true);

        var rebuilt = await Store.BeginRebuildAsync(default);
        await Write(during, isNew: true);

        Assert.Equal([before, during], await List(new JobQuery()));
        Assert.Null(await Store.FindProjectedAsync(rebuilt, before.Id, default));
        Assert.Equal(new ProjectedJob(during, 2, 1), await Store.FindProjectedAsync(rebuilt, during.Id, default));
    }

    [SkippableFact]
    public async Task A_completed_rebuild_takes_the_place_of_the_set_before_it()
    {
        var live = await Live();
        await Write(Created(Id(1)), isNew: true);
        var rebuilt = await Store.BeginRebuildAsync(default);
        await Write(Created(Id(2)), isNew: true);
        await Store.CommitAsync(new ProjectionStep(rebuilt, 0, 42), default);

        await Store.CompleteRebuildAsync(rebuilt, default);

        Assert.True(live.Replaced.IsCancellationRequested || await Signalled(live.Replaced));
        Assert.Equal(rebuilt, (await Live()).Id);
        Assert.Equal([Id(2)], (await List(new JobQuery())).Select(s => s.Id));
        Assert.Equal(42, await Store.FindOffsetAsync(rebuilt, 0, default));
        await Assert.ThrowsAsync<ViewTablesReplacedException>(() => Store.CommitAsync(new ProjectionStep(live.Id, 0, 43), default));
    }

    [SkippableFact]
    public async Task An_abandoned_rebuild_leaves_nothing_and_another_may_begin()
    {
        var live = await Live();
        var abandoned = await Store.BeginRebuildAsync(default);

        await Store.AbandonRebuildAsync(abandoned, default);
        var next = await Store.BeginRebuildAsync(default);

        Assert.NotEqual(abandoned, next);
        Assert.Equal(live.Id, (await Live()).Id);
        await Assert.ThrowsAsync<ViewTablesReplacedException>(() => Store.CommitAsync(new ProjectionStep(abandoned, 0, 1), default));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => Store.CompleteRebuildAsync(abandoned, default));
    }

    [SkippableFact]
    public async Task Many_writers_at_once_are_all_told()
    {
        var rows = Enumerable.Range(1, 3000).Select(n => new AwaitedRow(Created(Id(n), T0.AddSeconds(n)), isNew: true)).ToList();

        Parallel.ForEach(rows, Store.Enqueue);
        await Task.WhenAll(rows.Select(r => r.Done));

        Assert.Equal(1000, (await List(new JobQuery())).Count);
        Assert.Equal(Id(3000), (await List(new JobQuery { Sort = JobSort.CreatedAtDescending, Limit = 1 }))[0].Id);
    }

    [SkippableFact]
    public async Task Runs_that_ended_long_ago_are_removed_a_batch_at_a_time_the_oldest_first()
    {
        var old = Enumerable.Range(0, 5).Select(n => Ended(Id(n), T0.AddMinutes(n), T0.AddMinutes(n + 1))).ToList();
        var endedLately = Ended(_job, T0, T0.AddDays(2));
        var running = Run(_job, T0.AddMinutes(1), 1);
        var retrying = Run(_job, T0.AddMinutes(2), 1, RunStatus.Retrying) with { EndedAt = T0.AddMinutes(2) };
        var pending = Run(_job, T0.AddMinutes(3), 1, RunStatus.Pending);
        await Commit(step => step with { Runs = [.. old, endedLately, running, retrying, pending] });

        Assert.Equal(2, await Store.DeleteRunsEndedBeforeAsync(T0.AddDays(1), 2, default));
        Assert.Equal([old[4], old[3], old[2]], (await Store.ListRunsAsync(new RunQuery(), default)).Where(r => r.JobId != _job));
        Assert.Equal(3, await Store.DeleteRunsEndedBeforeAsync(T0.AddDays(1), 9, default));
        Assert.Equal(0, await Store.DeleteRunsEndedBeforeAsync(T0.AddDays(1), 9, default));
        Assert.Equal([pending, retrying, running, endedLately], await Store.ListRunsAsync(new RunQuery(), default));
    }

    [SkippableFact]
    public async Task A_jobs_runs_beyond_its_newest_are_removed_unless_they_have_not_ended()
    {
        var runs = Enumerable.Range(0, 8).Select(n => n == 1 ? Run(_job, T0.AddMinutes(n), n + 1) : Ended(_job, T0.AddMinutes(n), T0.AddHours(1))).ToList();
        var other = Ended(Id(1), T0, T0);
        await Commit(step => step with { Runs = [.. runs, other] });

        Assert.Equal(2, await Store.DeleteRunsBeyondAsync(_job, new RunsKept(3), limit: 2, default));
        Assert.Equal([runs[7], runs[6], runs[5], runs[4], runs[3], runs[1]], await Store.ListRunsAsync(new RunQuery { JobId = _job }, default));
        Assert.Equal(2, await Store.DeleteRunsBeyondAsync(_job, new RunsKept(3), limit: 9, default));
        Assert.Equal(0, await Store.DeleteRunsBeyondAsync(_job, new RunsKept(3), limit: 9, default));
        Assert.Equal(0, await Store.DeleteRunsBeyondAsync(Id(1), new RunsKept(1), limit: 9, default));
        Assert.Equal(0, await Store.DeleteRunsBeyondAsync(Id(2), new RunsKept(1), limit: 9, default));
        Assert.Equal([runs[7], runs[6], runs[5], runs[1], other], await Store.ListRunsAsync(new RunQuery(), default));
    }

    [SkippableFact]
    public async Task Beyond_the_newest_runs_the_newest_that_were_discarded_are_kept_too_and_need_nothing_of_the_journal()
    {
        // Of eight those with an even number were discarded.
        var runs = Enumerable.Range(0, 8).Select(n => Ended(_job, T0.AddMinutes(n), T0.AddHours(1)) with
        {
            Version = n + 1,
            Status = n % 2 == 0 ? RunStatus.Discarded : RunStatus.Completed,
        }).ToList();
        await Commit(step => step with { Runs = runs });
        var kept = new RunsKept(2, Discarded: 2);

        Assert.Equal([_job], (await Store.FindJobsWithMoreRunsAsync(kept, null, 9, default)).Jobs);
        Assert.Equal(2, await Store.FindOldestRunVersionAsync(_job, kept, default));
        Assert.Equal(4, await Store.DeleteRunsBeyondAsync(_job, kept, limit: 9, default));
        Assert.Equal([runs[7], runs[6], runs[4], runs[2]], await Store.ListRunsAsync(new RunQuery { JobId = _job }, default));
        Assert.Empty((await Store.FindJobsWithMoreRunsAsync(kept, null, 9, default)).Jobs);
        Assert.Equal(7, await Store.FindOldestRunVersionAsync(_job, kept, default));
        Assert.Equal(3, await Store.FindOldestRunVersionAsync(_job, new RunsKept(9), default));

        Assert.Equal([_job], (await Store.FindJobsWithMoreRunsAsync(new RunsKept(2), null, 9, default)).Jobs);
        Assert.Equal(2, await Store.DeleteRunsBeyondAsync(_job, new RunsKept(2), limit: 9, default));
    }

    [SkippableFact]
    public async Task Jobs_with_more_runs_are_found_by_looking_at_some_at_a_time()
    {
        foreach (var (job, count) in new[] { (Id(1), 3), (Id(2), 2), (Id(3), 1), (Id(4), 4) })
            await Commit(step => step with { Runs = [.. Enumerable.Range(0, count).Select(n => Ended(job, T0.AddMinutes(n), T0.AddHours(1)))] });

        var first = await Store.FindJobsWithMoreRunsAsync(new RunsKept(2), null, 2, default);
        var second = await Store.FindJobsWithMoreRunsAsync(new RunsKept(2), first.Last, 2, default);
        var third = await Store.FindJobsWithMoreRunsAsync(new RunsKept(2), second.Last, 2, default);

        Assert.Equal([[Id(1)], [Id(4)], []], new[] { first.Jobs, second.Jobs, third.Jobs });
        Assert.Equal([Id(2), Id(4), null], new[] { first.Last, second.Last, third.Last });
    }

    [SkippableFact]
    public async Task Jobs_with_many_more_runs_than_are_kept_hide_none_behind_them()
    {
        foreach (var (job, count) in new[] { (Id(1), 31), (Id(2), 12), (Id(3), 1), (Id(4), 11), (Id(5), 2) })
            await Commit(step => step with { Runs = [.. Enumerable.Range(0, count).Select(n => Ended(job, T0.AddMinutes(n), T0.AddHours(1)))] });

        var seen = new List<JobId>();
        var steps = new List<JobId?>();
        JobId? last = null;
        do
        {
            var looked = await Store.FindJobsWithMoreRunsAsync(new RunsKept(1), last, 1, default);
            seen.AddRange(looked.Jobs);
            steps.Add(last = looked.Last);
        }
        while (last is not null);

        Assert.Equal([Id(1), Id(2), Id(4), Id(5)], seen);
        Assert.Equal([Id(1), Id(2), Id(3), Id(4), Id(5), null], steps);
        Assert.Equal([Id(1), Id(2)], (await Store.FindJobsWithMoreRunsAsync(new RunsKept(11), null, 3, default)).Jobs);
    }

    [SkippableFact]
    public async Task One_offs_that_are_over_are_found_by_when_that_was()
    {
        var completed = Finished(Id(1), T0.AddMinutes(3));
        var failed = Finished(Id(2), T0.AddMinutes(2), succeeds: false);
        var cancelled = Created(Id(3)).Apply(new JobCancelled { At = T0.AddMinutes(1) });
        var late = Finished(Id(4), T0.AddMinutes(10));
        var again = Finished(Id(5), T0.AddMinutes(1)).Apply(new RunRequested { At = T0.AddMinutes(2), RunId = RunId.Requested(Id(5), 1, 6) });
        var deleted = Finished(Id(6), T0.AddMinutes(1)).Apply(new JobDeleted { At = T0.AddMinutes(2) });
        var recurring = Finished(Id(7), T0.AddMinutes(1));
        recurring = recurring with { Definition = recurring.Definition! with { Schedule = new IntervalSchedule(TimeSpan.FromMinutes(1), T0, "UTC", []) } };
        foreach (var state in new[] { completed, failed, cancelled, late, Finished(Id(5), T0.AddMinutes(1)), again, deleted, recurring, Created(Id(8)) })
            await Write(state, isNew: false);

        var first = await Store.FindFinishedJobsAsync(areDeleted: false, T0.AddMinutes(10), null, 2, default);
        var second = await Store.FindFinishedJobsAsync(areDeleted: false, T0.AddMinutes(10), first[^1], 2, default);

        Assert.Equal([new FinishedJob(T0.AddMinutes(1), Id(3), 3), new FinishedJob(T0.AddMinutes(2), Id(2), failed.Version)], first);
        Assert.Equal([new FinishedJob(T0.AddMinutes(3), Id(1), completed.Version)], second);
        Assert.Equal([new FinishedJob(T0.AddMinutes(2), Id(6), deleted.Version)], await Store.FindFinishedJobsAsync(areDeleted: true, T0.AddMinutes(10), null, 2, default));
    }

    [SkippableFact]
    public async Task Hidden_rows_are_removed_after_their_runs_a_batch_at_a_time()
    {
        var deleted = Created(_job, tags: ["billing"]).Apply(new JobDeleted { At = T0.AddMinutes(1) });
        var deletedLately = Created(Id(1)).Apply(new JobDeleted { At = T0.AddMinutes(5) });
        var runs = Enumerable.Range(0, 3).Select(n => Ended(_job, T0.AddMinutes(n), T0.AddMinutes(n))).ToList();
        await Commit(step => step with { Jobs = [Projected(deleted), Projected(deletedLately)], Runs = [.. runs, Ended(Id(1), T0, T0)] });
        await Write(Created(Id(2)), isNew: true);

        Assert.Equal(2, await Store.DeleteHiddenBeforeAsync(T0.AddMinutes(5), 2, default));
        Assert.NotNull(await Store.FindJobAsync(_job, default));
        Assert.Equal(2, await Store.DeleteHiddenBeforeAsync(T0.AddMinutes(5), 9, default));
        Assert.Null(await Store.FindJobAsync(_job, default));
        Assert.Empty(await Store.ListRunsAsync(new RunQuery { JobId = _job }, default));
        Assert.Equal(0, await Store.DeleteHiddenBeforeAsync(T0.AddMinutes(5), 9, default));

        Assert.NotNull(await Store.FindJobAsync(Id(1), default));
        Assert.NotNull(await Store.FindJobAsync(Id(2), default));
        Assert.Single(await Store.ListRunsAsync(new RunQuery { JobId = Id(1) }, default));
    }

    [SkippableFact]
    public async Task A_hidden_row_whose_deletion_is_still_to_be_projected_stays()
    {
        var created = Created(_job);
        await Write(created, isNew: true);
        await Write(created.Apply(new JobDeleted { At = T0 }), isNew: false);
        Assert.Equal(0, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));

        await Commit(step => step with { Jobs = [Projected(created.Apply(new JobDeleted { At = T0 }))] });
        Assert.Equal(1, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));
    }

    [SkippableFact]
    public async Task A_hidden_row_that_a_command_made_anew_is_removed_again()
    {
        await Write(Created(_job).Apply(new JobDeleted { At = T0 }), isNew: false);

        Assert.Equal(1, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));
    }

    [SkippableFact]
    public async Task A_job_that_was_put_anew_is_hidden_no_more_and_stays()
    {
        var deleted = Created(_job).Apply(new JobDeleted { At = T0 });
        await Commit(step => step with { Jobs = [Projected(deleted)] });
        await Write(deleted.Apply(new JobCreated { At = T0.AddMinutes(1), Definition = Definition("again"), Generation = 2 }), isNew: false);

        Assert.Equal(0, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));
        Assert.Single(await List(new JobQuery()));
    }

    [SkippableFact]
    public async Task While_a_rebuild_goes_on_rows_are_removed_from_the_live_set_alone()
    {
        var run = Ended(_job, T0, T0);
        var deleted = Created(_job).Apply(new JobDeleted { At = T0 });
        await Commit(step => step with { Jobs = [Projected(deleted)], Runs = [run] });
        var rebuilt = await Store.BeginRebuildAsync(default);
        await Store.CommitAsync(new ProjectionStep(rebuilt, _job.Slice, 1) { Jobs = [Projected(deleted)], Runs = [run] }, default);

        Assert.Equal(1, await Store.DeleteRunsEndedBeforeAsync(T0.AddDays(1), 9, default));
        Assert.Equal(1, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));
        Assert.NotNull(await Store.FindProjectedRunAsync(rebuilt, run.RunId, default));
        Assert.NotNull(await Store.FindProjectedAsync(rebuilt, _job, default));

        await Store.CompleteRebuildAsync(rebuilt, default);
        Assert.Equal(1, await Store.DeleteRunsEndedBeforeAsync(T0.AddDays(1), 9, default));
        Assert.Equal(1, await Store.DeleteHiddenBeforeAsync(T0.AddDays(1), 9, default));
    }

    private static RunView Ended(JobId job, DateTimeOffset fireTime, DateTimeOffset endedAt) =>
        Run(job, fireTime, 1, RunStatus.Completed) with { EndedAt = endedAt };

    private static ProjectedJob Projected(JobState state) => new(state, state.Version, state.Generation);

    private protected static JobId Id(int n) => JobId.Parse($"job-{n:D5}");

    private protected static RunView Full(JobId job) => new()
    {
        RunId = RunId.Requested(job, 1, 4),
        JobId = job,
        Status = RunStatus.Retrying,
        Reason = "why",
        FireTime = T0,
        DueAt = T0.AddSeconds(1),
        StartedAt = T0.AddSeconds(2),
        EndedAt = T0.AddSeconds(3),
        Lateness = TimeSpan.FromTicks(12_345),
        Duration = TimeSpan.FromMilliseconds(7),
        Output = new JsonText("""{"n":[1,2.0]}"""),
        Error = "oh",
        Count = 3,
        Attempts =
        [
            new AttemptView { Number = 1, StartedAt = T0, EndedAt = T0.AddSeconds(1), Outcome = AttemptResult.TimedOut, Error = "slow" },
            new AttemptView { Number = 2, StartedAt = T0.AddSeconds(1) },
        ],
        Version = 6,
    };

    private static async Task<bool> Signalled(CancellationToken token)
    {
        var signalled = new TaskCompletionSource<bool>();
        await using var registration = token.Register(() => signalled.TrySetResult(true));
        return await signalled.Task;
    }

    private protected async Task<ViewTables> Live() => await Store.LiveTablesAsync(default);

    private protected async Task<IReadOnlyList<JobState>> List(JobQuery query) => [.. (await Store.ListJobsAsync(query, default)).Select(v => v.State)];

    private async Task Write(JobState state, bool isNew)
    {
        var row = new AwaitedRow(state, isNew);
        Store.Enqueue(row);
        await row.Done;
    }

    private protected async Task Commit(Func<ProjectionStep, ProjectionStep> step) =>
        await Store.CommitAsync(step(new ProjectionStep((await Live()).Id, _job.Slice, 1)), default);

    [SkippableFact]
    public async Task A_check_writes_and_changes_nothing()
    {
        var tables = (await Live()).Id;

        await Store.CheckAsync(default);

        Assert.Equal(tables, (await Live()).Id);
        Assert.Empty(await List(new JobQuery()));
    }
}
