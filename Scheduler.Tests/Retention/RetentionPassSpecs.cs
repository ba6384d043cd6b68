using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Retention;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Retention;

/// <summary>What one pass removes from a real store; the jobs are a probe.</summary>
[Trait("Storage", "any")]
public sealed class RetentionPassSpecs : TestKit
{
    private readonly StorageUnderTest _storage = new();
    private readonly WatchedClock _clock = new(T0);
    private readonly IJobViewStore _store;
    private RetentionOptions _options = new() { Pause = TimeSpan.Zero };

    public RetentionPassSpecs()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }") =>
        _store = _storage.OpenViews();

    [Fact]
    public async Task A_job_with_5000_runs_keeps_its_newest_1000()
    {
        var job = JobId.Parse("busy");
        await CommitAsync(runs: [.. Enumerable.Range(0, 5000).Select(n => Ended(job, T0.AddSeconds(n - 5000))), Ended(JobId.Parse("quiet"), T0.AddDays(-29))]);

        await NewPass().RunAsync(default);

        var kept = await RunsOf(job);
        Assert.Equal(1000, kept.Count);
        Assert.Equal((T0.AddSeconds(-1), T0.AddSeconds(-1000)), (kept[0].FireTime, kept[^1].FireTime));
        Assert.Single(await RunsOf(JobId.Parse("quiet")));
    }

    [Fact]
    public async Task Runs_that_ended_longer_ago_than_their_age_are_removed_in_batches()
    {
        _options = _options with { RunAge = TimeSpan.FromDays(7), BatchSize = 2 };
        var old = Enumerable.Range(0, 5).Select(n => Ended(JobId.Parse($"job-{n}"), T0.AddDays(-7).AddSeconds(-n - 1)));
        var young = Ended(JobId.Parse("young"), T0.AddDays(-7));
        var active = Run(JobId.Parse("active"), T0.AddDays(-100), 1, RunStatus.Retrying);
        await CommitAsync(runs: [.. old, young, active]);

        await NewPass().RunAsync(default);

        Assert.Equal([young, active], await _store.ListRunsAsync(new RunQuery(), default));
    }

    [Fact]
    public async Task Between_batches_the_writer_is_left_alone_for_a_while()
    {
        _options = _options with { BatchSize = 2, Pause = TimeSpan.FromMilliseconds(50) };
        await CommitAsync(runs: [.. Enumerable.Range(0, 3).Select(n => Ended(JobId.Parse($"job-{n}"), T0.AddDays(-31)))]);
        var pass = NewPass().RunAsync(default);

        await _clock.Waits.AtLeastAsync(1);
        Assert.Single(await _store.ListRunsAsync(new RunQuery(), default));
        _clock.Advance(_options.Pause);
        await _clock.Waits.AtLeastAsync(2);
        Assert.Empty(await _store.ListRunsAsync(new RunQuery(), default));

        // The look at jobs with too many runs, and the hidden rows.
        for (var step = 2; step <= 4; step++)
        {
            _clock.Advance(_options.Pause);
            if (step < 4)
                await _clock.Waits.AtLeastAsync(step + 1);
        }

        await pass.WaitAsync(Patience.Limit);
        Assert.All(_clock.Waits.Items, wait => Assert.Equal(_options.Pause, wait));
    }

    [Fact]
    public async Task Jobs_are_looked_at_for_too_many_runs_some_in_each_pass()
    {
        _options = _options with { RunsPerJob = 1, BatchSize = 2, JobsLookedAt = 3 };
        var jobs = Enumerable.Range(0, 5).Select(n => JobId.Parse($"job-{n}")).ToList();
        await CommitAsync(runs: [.. jobs.SelectMany(job => new[] { Ended(job, T0), Ended(job, T0.AddSeconds(1)) })]);
        var pass = NewPass();

        await pass.RunAsync(default);
        Assert.Equal([1, 1, 1, 2, 2], await CountsAsync());

        await pass.RunAsync(default);
        Assert.Equal([1, 1, 1, 1, 1], await CountsAsync());

        await CommitAsync(runs: [Ended(jobs[0], T0.AddSeconds(2))]);
        await pass.RunAsync(default);
        Assert.Equal([1, 1, 1, 1, 1], await CountsAsync());

        async Task<IReadOnlyList<int>> CountsAsync()
        {
            var counts = new List<int>();
            foreach (var job in jobs)
                counts.Add((await RunsOf(job)).Count);
            return counts;
        }
    }

    [Fact]
    public async Task Unless_it_is_asked_for_no_job_is_deleted()
    {
        await CommitAsync([Finished(JobId.Parse("done"), T0.AddDays(-400))]);

        await NewPass().RunAsync(default);

        Assert.False(HasMessages);
        Assert.NotNull(await _store.FindJobAsync(JobId.Parse("done"), default));
    }

    [Fact]
    public async Task A_finished_one_off_is_asked_to_delete_itself_as_it_was_seen()
    {
        _options = _options with { FinishedJobs = TimeSpan.FromDays(1), DeletesAtOnce = 2 };
        var done = Enumerable.Range(0, 3).Select(n => Finished(JobId.Parse($"done-{n}"), T0.AddDays(-2).AddSeconds(n))).ToList();
        await CommitAsync([.. done, Finished(JobId.Parse("late"), T0.AddDays(-1)), Created(JobId.Parse("pending"))]);
        var pass = NewPass().RunAsync(default);

        // The first two come together, and whatever they say, the third comes after them.
        await AnswerAsync(done[0], asked => new JobConflict(asked.JobId, "The job has changed since it was looked at."));
        Assert.False(pass.IsCompleted);
        await AnswerAsync(done[1], asked => new JobAccepted(done[1].Apply(new JobDeleted { At = T0 }), Replayed: false));
        await AnswerAsync(done[2], asked => new OutcomeUnknown(asked.JobId));
        await pass.WaitAsync(Patience.Limit);
        Assert.False(HasMessages);
    }

    [Fact]
    public async Task A_job_that_gives_no_answer_holds_up_nothing_for_ever()
    {
        _options = _options with { FinishedJobs = TimeSpan.FromDays(1) };
        await CommitAsync([Finished(JobId.Parse("silent"), T0.AddDays(-2)), Created(JobId.Parse("hidden")).Apply(new JobDeleted { At = T0.AddDays(-2) })]);
        var pass = NewPass().RunAsync(default);
        await ExpectMsgAsync<DeleteJob>(Patience.Limit);
        await _clock.Waits.FirstAsync(wait => wait == _options.AnswerLimit);
        Assert.False(pass.IsCompleted);

        _clock.Advance(_options.AnswerLimit);
        await pass.WaitAsync(Patience.Limit);
        Assert.Null(await _store.FindJobAsync(JobId.Parse("hidden"), default));
    }

    [Fact]
    public async Task A_deleted_job_goes_with_its_runs_a_day_after_its_deletion()
    {
        var job = JobId.Parse("deleted");
        await CommitAsync([Created(job).Apply(new JobDeleted { At = T0 })], Ended(job, T0), Ended(job, T0.AddMinutes(-1)));

        _clock.Advance(TimeSpan.FromDays(1));
        await NewPass().RunAsync(default);
        Assert.Equal(2, (await RunsOf(job)).Count);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await NewPass().RunAsync(default);
        Assert.Null(await _store.FindJobAsync(job, default));
        Assert.Empty(await RunsOf(job));
    }

    [Fact]
    public async Task Rows_of_deleted_jobs_go_once_all_of_them_are_forgotten_however_many_there_are()
    {
        _options = _options with { DeletesAtOnce = 2, BatchSize = 2 };
        var jobs = Enumerable.Range(0, 5).Select(n => JobId.Parse($"job-{n}")).ToList();
        await CommitAsync([.. jobs.Select(job => Created(job).Apply(new JobDeleted { At = T0.AddDays(-2) }))]);
        var forgotten = new List<JobId>();
        var refuses = true;
        var pass = new RetentionPass(new RetentionEnvironment(_clock, _options, _store, TestActor, NullLogger.Instance), (job, _) =>
        {
            forgotten.Add(job);
            return Task.FromResult(!refuses);
        });

        await pass.RunAsync(default);
        Assert.Equal(jobs, forgotten);
        Assert.NotNull(await _store.FindJobAsync(jobs[0], default));

        refuses = false;
        await pass.RunAsync(default);
        Assert.Null(await _store.FindJobAsync(jobs[0], default));
        Assert.Null(await _store.FindJobAsync(jobs[4], default));
    }

    [Fact]
    public async Task A_pass_that_is_told_to_end_ends_behind_its_batch()
    {
        _options = _options with { Pause = TimeSpan.FromMilliseconds(50) };
        using var stop = new CancellationTokenSource();
        var pass = NewPass().RunAsync(stop.Token);
        await _clock.Waits.AtLeastAsync(1);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pass.WaitAsync(Patience.Limit));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _storage.Dispose();
    }

    private static RunView Ended(JobId job, DateTimeOffset at) => Run(job, at, 1, RunStatus.Completed) with { EndedAt = at };

    private RetentionPass NewPass() => new(new RetentionEnvironment(_clock, _options, _store, TestActor, NullLogger.Instance));

    private async Task AnswerAsync(JobState job, Func<DeleteJob, JobReply> answer)
    {
        var asked = await ExpectMsgAsync<DeleteJob>(Patience.Limit);
        Assert.Equal(new DeleteJob(job.Id, "retention") { Version = job.Version }, asked);
        LastSender.Tell(answer(asked));
    }

    private async Task<IReadOnlyList<RunView>> RunsOf(JobId job) => await _store.ListRunsAsync(new RunQuery { JobId = job, Limit = 10_000 }, default);

    private async Task CommitAsync(IReadOnlyCollection<JobState>? jobs = null, params RunView[] runs) => await _store.CommitAsync(
        new ProjectionStep((await _store.LiveTablesAsync(default)).Id, 0, 1)
        {
            Jobs = [.. (jobs ?? []).Select(s => new ProjectedJob(s, s.Version, s.Generation))],
            Runs = runs,
        },
        default);
}
