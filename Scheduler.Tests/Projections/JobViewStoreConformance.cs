using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>What every view store must do; a store's specs derive from it.</summary>
public abstract class JobViewStoreConformance
{
    private readonly JobId _job = JobId.Parse("job-a");

    protected abstract IJobViewStore Store { get; }

    [Fact]
    public async Task A_row_that_was_told_written_is_found_by_the_next_query()
    {
        var state = Created(_job, name: "Räksmörgås", tags: ["billing"]);

        await Write(state, isNew: true);

        Assert.Equal(new JobView(state, 2), await Store.FindJobAsync(_job, default));
        Assert.Equal([state], await List(new JobQuery()));
        Assert.Null(await Store.FindJobAsync(JobId.Parse("job-b"), default));
    }

    [Fact]
    public async Task A_row_of_an_edit_leaves_what_is_projected_as_it_is()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(created, isNew: true);

        await Write(paused, isNew: false);

        Assert.Equal(new JobView(paused, 2), await Store.FindJobAsync(_job, default));
    }

    [Fact]
    public async Task A_row_of_an_edit_that_comes_first_has_nothing_projected()
    {
        var created = Created(_job);

        await Write(created, isNew: false);

        Assert.Equal(new JobView(created, 0), await Store.FindJobAsync(_job, default));
    }

    [Fact]
    public async Task An_older_row_changes_nothing()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(paused, isNew: false);

        await Write(created, isNew: true);
        await Commit(step => step with { Jobs = [new ProjectedJob(created, 1, 1)] });

        Assert.Equal(paused, (await Store.FindJobAsync(_job, default))!.State);
        Assert.Equal(["paused"], (await List(new JobQuery { Status = JobStatus.Paused })).Select(_ => "paused"));
    }

    [Fact]
    public async Task A_projection_behind_the_row_moves_only_what_is_projected()
    {
        var created = Created(_job);
        var paused = created.Apply(new JobPaused { At = T0 });
        await Write(paused, isNew: false);

        await Commit(step => step with { Jobs = [new ProjectedJob(created, 2, 1)] });

        Assert.Equal(new JobView(paused, 2), await Store.FindJobAsync(_job, default));
        Assert.Equal(new ProjectedJob(paused, 2, 1), await Store.FindProjectedAsync((await Live()).Id, _job, default));
    }

    [Fact]
    public async Task What_is_projected_never_goes_back()
    {
        var created = Created(_job);
        await Write(created, isNew: true);

        await Commit(step => step with { Jobs = [new ProjectedJob(created, 1, 1)] });
        await Commit(step => step with { Jobs = [new ProjectedJob(created.Apply(new JobPaused { At = T0 }), 1, 1)] });

        Assert.Equal(2, (await Store.FindJobAsync(_job, default))!.Projected);
    }

    [Fact]
    public async Task A_step_brings_rows_runs_and_offset_at_one_stroke()
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

    [Fact]
    public async Task An_older_run_row_changes_nothing()
    {
        var newer = Run(_job, T0, version: 5, RunStatus.Completed);
        await Commit(step => step with { Runs = [newer] });

        await Commit(step => step with { Runs = [Run(_job, T0, version: 4)] });

        Assert.Equal(newer, await Store.FindRunAsync(newer.RunId, default));
    }

    [Fact]
    public async Task A_step_that_relies_on_a_row_that_was_not_written_writes_nothing()
    {
        var row = new AwaitedRow(Created(_job), isNew: true);
        row.Fail(new ViewsUnavailableException("disk"));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done);

        await Assert.ThrowsAsync<RowAssumptionException>(() => Commit(step => step with { Offset = 9, Assumed = [row] }));

        Assert.Equal(0, await Store.FindOffsetAsync((await Live()).Id, _job.Slice, default));
    }

    [Fact]
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

    [Fact]
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

    [Fact]
    public async Task All_filters_that_are_set_must_hold()
    {
        var first = Created(Id(1), T0, T0.AddHours(1), "alpha one", "red", "big");
        var second = Created(Id(2), T0.AddMinutes(1), T0.AddHours(2), "alpha two", "red");
        var third = Created(Id(3), T0.AddMinutes(2), T0.AddHours(3), "Alpha three").Apply(new JobPaused { At = T0.AddMinutes(3) });
        foreach (var state in new[] { third, first, second })
            await Write(state, isNew: false);

        Assert.Equal([first, second, third], await List(new JobQuery()));
        Assert.Equal([third, second, first], await List(new JobQuery { Sort = JobSort.CreatedAtDescending }));
        Assert.Equal([third], await List(new JobQuery { Status = JobStatus.Paused }));
        Assert.Equal([first, second], await List(new JobQuery { Status = JobStatus.Pending }));
        Assert.Equal([first, second], await List(new JobQuery { Tag = "red" }));
        Assert.Equal([second, first], await List(new JobQuery { Tag = "red", Sort = JobSort.CreatedAtDescending }));
        Assert.Equal([first], await List(new JobQuery { Tag = "big", Status = JobStatus.Pending }));
        Assert.Empty(await List(new JobQuery { Tag = "big", Status = JobStatus.Paused }));
        Assert.Equal([first, second], await List(new JobQuery { NamePrefix = "alpha" }));
        Assert.Equal([third], await List(new JobQuery { NamePrefix = "A" }));
        Assert.Empty(await List(new JobQuery { NamePrefix = "%" }));
        Assert.Equal([first], await List(new JobQuery { DueBefore = T0.AddHours(2) }));
        Assert.Equal([second, third], await List(new JobQuery { CreatedAfter = T0 }));
        Assert.Equal([second], await List(new JobQuery { CreatedAfter = T0, Tag = "red", NamePrefix = "alpha t", DueBefore = T0.AddDays(1) }));
    }

    [Theory]
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

    [Fact]
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

    [Fact]
    public async Task A_job_is_found_under_its_new_wake_time_only()
    {
        var state = Created(_job, due: T0);
        await Write(state, isNew: true);

        await Write(state.Apply(new JobScheduled { At = T0, NextFireTime = T0.AddDays(2), NextDueAt = T0.AddDays(2) }), isNew: false);

        Assert.Empty(await Store.DueJobsAsync(_job.Slice, T0.AddDays(1), null, 10, default));
        Assert.Single(await Store.DueJobsAsync(_job.Slice, T0.AddDays(2), null, 10, default));
    }

    [Fact]
    public async Task Runs_come_newest_fire_time_first_a_page_at_a_time()
    {
        var runs = Enumerable.Range(0, 5)
            .Select(n => Run(_job, T0.AddMinutes(n / 2), n + 3, n == 2 ? RunStatus.Skipped : RunStatus.Completed) with { RunId = RunId.Requested(_job, 1, n + 3) })
            .ToList();
        await Commit(step => step with { Runs = [.. runs, Run(JobId.Parse("job-b"), T0, 1)] });

        var first = await Store.ListRunsAsync(new RunQuery { JobId = _job, Limit = 2 }, default);
        var second = await Store.ListRunsAsync(new RunQuery { JobId = _job, Limit = 9, After = new RunPosition(first[^1].FireTime, first[^1].RunId) }, default);

        Assert.Equal([runs[4], runs[3], runs[2], runs[1], runs[0]], first.Concat(second));
        Assert.Equal([runs[2]], await Store.ListRunsAsync(new RunQuery { JobId = _job, Status = RunStatus.Skipped }, default));
    }

    [Fact]
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

    [Fact]
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

    [Fact]
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

    [Fact]
    public async Task Many_writers_at_once_are_all_told()
    {
        var rows = Enumerable.Range(1, 3000).Select(n => new AwaitedRow(Created(Id(n), T0.AddSeconds(n)), isNew: true)).ToList();

        Parallel.ForEach(rows, Store.Enqueue);
        await Task.WhenAll(rows.Select(r => r.Done));

        Assert.Equal(1000, (await List(new JobQuery())).Count);
        Assert.Equal(Id(3000), (await List(new JobQuery { Sort = JobSort.CreatedAtDescending, Limit = 1 }))[0].Id);
    }

    private static JobId Id(int n) => JobId.Parse($"job-{n:D5}");

    private static RunView Full(JobId job) => new()
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

    private async Task<ViewTables> Live() => await Store.LiveTablesAsync(default);

    private async Task<IReadOnlyList<JobState>> List(JobQuery query) => [.. (await Store.ListJobsAsync(query, default)).Select(v => v.State)];

    private async Task Write(JobState state, bool isNew)
    {
        var row = new AwaitedRow(state, isNew);
        Store.Enqueue(row);
        await row.Done;
    }

    private async Task Commit(Func<ProjectionStep, ProjectionStep> step) =>
        await Store.CommitAsync(step(new ProjectionStep((await Live()).Id, _job.Slice, 1)), default);
}
