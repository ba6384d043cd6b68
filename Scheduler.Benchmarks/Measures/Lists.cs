using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What a page of jobs or runs costs when there are many: each filter, with hits and without, and what following it to its end takes.</summary>
internal sealed class Lists : IMeasure
{
    private const int Runs = 200_000;
    private const int PageSize = 100;
    private const int Repeats = 7;
    private const int Batch = 10_000;

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "lists";

    public string About => "pages of lists at 1,000,000 (--listed N) jobs on SQLite, by filter";

    public async Task RunAsync(Options options, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("scheduler-lists");
        try
        {
            using var store = new SqliteJobViewStore(Path.Combine(folder.FullName, "views.db"), NullLogger<SqliteJobViewStore>.Instance);
            await FillAsync(store, options.ListedJobs, report);
            foreach (var (what, query) in JobQueries(options.ListedJobs))
                await MeasureAsync<JobPosition>(report, $"jobs: {what}", (after, take) => store.ReadJobsAsync(query with { Limit = PageSize, After = after }, (_, _) => take(), default));
            foreach (var (what, query) in RunQueries())
                await MeasureAsync<RunPosition>(report, $"runs: {what}", (after, take) => store.ReadRunsAsync(query with { Limit = PageSize, After = after }, (_, _) => take(), default));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string What, JobQuery Query)> JobQueries(int jobs)
    {
        var nobody = new JobQuery { NamePrefix = "nobody" };
        yield return ("no filter", new JobQuery());
        yield return ("newest first", new JobQuery { Sort = JobSort.CreatedAtDescending });
        yield return ("next run first", new JobQuery { Sort = JobSort.NextRun });
        yield return ("status=completed, none", new JobQuery { Statuses = [JobStatus.Completed] });
        yield return ("status=paused, 100", new JobQuery { Statuses = [JobStatus.Paused] });
        yield return ("status=running,failed, none", new JobQuery { Statuses = [JobStatus.Running, JobStatus.Failed] });
        yield return ("status=pending, nearly all", new JobQuery { Statuses = [JobStatus.Pending] });
        yield return ("tag, 100", new JobQuery { Tag = "rare" });
        yield return ("tag, half; of them paused", new JobQuery { Tag = "common", Statuses = [JobStatus.Paused] });
        yield return ("tag, half; name, none", nobody with { Tag = "common" });
        yield return ("name, none", nobody);
        yield return ("name, one, the last", new JobQuery { NamePrefix = $"job {jobs - 1} " });
        yield return ("name_contains, none", new JobQuery { NamePart = "nobody" });
        yield return ("id_contains, none", new JobQuery { IdPart = "nobody" });
        yield return ("due_before, none", new JobQuery { DueBefore = Start });
        yield return ("due_before, 1,000", new JobQuery { DueBefore = Start.AddDays(30).AddSeconds(1000) });
        yield return ("due_before, half; name, none", nobody with { DueBefore = Start.AddDays(30).AddSeconds(jobs / 2) });
        yield return ("due_before, half, next run first", new JobQuery { DueBefore = Start.AddDays(30).AddSeconds(jobs / 2), Sort = JobSort.NextRun });
        yield return ("next run first; name, none", nobody with { Sort = JobSort.NextRun });
        yield return ("created_after, none", new JobQuery { CreatedAfter = Start.AddDays(400) });
        yield return ("target=amqp, none", new JobQuery { Targets = [TargetKind.Amqp] });
        yield return ("host, a tenth", new JobQuery { Host = "host3.example" });
        yield return ("host, none", new JobQuery { Host = "nobody.example" });
        yield return ("concurrency_key, 100", new JobQuery { ConcurrencyKey = "key" });
        yield return ("concurrency_key, none", new JobQuery { ConcurrencyKey = "nobody" });
        yield return ("last_outcome=discarded, 100", new JobQuery { LastOutcomes = [RunOutcome.Discarded] });
        yield return ("last_outcome=cancelled, none", new JobQuery { LastOutcomes = [RunOutcome.Cancelled] });
        yield return ("last_outcome=completed; name, none", nobody with { LastOutcomes = [RunOutcome.Completed] });
    }

    private static IEnumerable<(string What, RunQuery Query)> RunQueries()
    {
        yield return ("no filter", new RunQuery());
        yield return ("status=discarded, 20", new RunQuery { Statuses = [RunStatus.Discarded] });
        yield return ("status=running, none", new RunQuery { Statuses = [RunStatus.Running] });
        yield return ("tag, 100 jobs", new RunQuery { Tag = "rare" });
        yield return ("tag, half of the jobs", new RunQuery { Tag = "common" });
        yield return ("tag, none", new RunQuery { Tag = "nobody" });
    }

    private static async Task MeasureAsync<TPosition>(Report report, string what, Func<TPosition?, Func<bool>, ValueTask<PageEnd<TPosition>>> read)
        where TPosition : class
    {
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var rows = 0;
        var first = new List<double>();
        for (var repeat = 0; repeat < Repeats; repeat++)
            first.Add((await TimeAsync(default)).Milliseconds);
        report.AtMost(what, first, 20, nextMark: null, "ms", cpu);

        rows = 0;
        var (pages, slowest, all, end) = (0, 0d, 0d, PageEnd<TPosition>.Full(null));
        // A list that is full of hits has no end worth waiting for.
        for (; end.HasMore && rows < 20 * PageSize; pages++)
        {
            (var took, end) = await TimeAsync(end.LookedTo);
            (slowest, all) = (Math.Max(slowest, took), all + took);
        }

        if (pages > 1)
            report.Note($"{rows:#,0} jobs or runs in {pages} pages: {all:0} ms, the slowest {slowest:0.0} ms");

        async Task<(double Milliseconds, PageEnd<TPosition> End)> TimeAsync(TPosition? after)
        {
            var since = Stopwatch.GetTimestamp();
            var page = await read(after, () =>
            {
                rows++;
                return true;
            });
            return (Stopwatch.GetElapsedTime(since).TotalMilliseconds, page);
        }
    }

    private static async Task FillAsync(SqliteJobViewStore store, int jobs, Report report)
    {
        var since = Stopwatch.GetTimestamp();
        for (var n = 0; n < jobs; n += Batch)
        {
            var rows = Enumerable.Range(n, Math.Min(Batch, jobs - n)).Select(i => Job(i, jobs)).Select(job => new ProjectedJob(job, job.Version, job.Generation)).ToList();
            await store.CommitAsync(new ProjectionStep(1, 0, n + 1) { Jobs = rows }, default);
        }

        report.Note($"{jobs / Stopwatch.GetElapsedTime(since).TotalSeconds:#,0} jobs a second written");
        for (var n = 0; n < Runs; n += Batch)
            await store.CommitAsync(new ProjectionStep(1, 0, jobs + n + 1) { Runs = [.. Enumerable.Range(n, Batch).Select(i => Run(i, jobs))] }, default);
    }

    private static JobId Id(int n) => JobId.Parse($"{(uint)n * 2654435761u:x8}-{n:x8}");

    /// <summary>Each due at a random time, since jobs seldom fire in the order in which they were made.</summary>
    private static JobState Job(int n, int jobs)
    {
        var isOne = n % (jobs / 100) == 0;
        var due = Start.AddDays(30).AddSeconds((long)n * 48271 % jobs);
        var definition = new JobDefinition
        {
            Name = $"job {n} of many",
            Schedule = new OneOffSchedule(due),
            Tags = isOne ? ["common", "rare"] : n % 2 == 0 ? ["common"] : [],
            ConcurrencyKey = isOne ? "key" : null,
            Target = n % 2 == 0 ? HandlerTarget.Default : new HttpTarget("POST", $"https://host{n % 10}.example/hook", [], null),
        };
        var state = JobState.Empty(Id(n)).Apply(
        [
            new JobCreated { At = Start.AddSeconds(n), Definition = definition, Generation = 1 },
            new JobScheduled { At = Start.AddSeconds(n), NextFireTime = due, NextDueAt = due },
        ]);
        return state with { IsPaused = isOne, LastOutcome = isOne ? RunOutcome.Discarded : RunOutcome.Completed };
    }

    private static RunView Run(int n, int jobs)
    {
        var (job, at) = (Id((int)((long)n * 48271 % jobs)), Start.AddSeconds(n));
        return new RunView
        {
            RunId = RunId.Scheduled(job, 1, at),
            JobId = job,
            Status = n % (Runs / 20) == 0 ? RunStatus.Discarded : RunStatus.Completed,
            FireTime = at,
            EndedAt = at,
            Version = 1,
        };
    }
}
