using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>
/// What every view store's lists must do, whatever the filters: page by page they have what a look at all rows finds, in order, each once, also where
/// so little may be looked at for a page that most are short.
/// </summary>
public abstract class ListConformance
{
    private const int Rows = 90;
    private const int Queries = 50;
    private const string Nowhere = "nowhere";

    private static readonly ListBounds Small = new(11, 7, 5);

    private readonly Random _random = new(4711);
    private readonly List<JobState> _jobs = [];
    private readonly List<RunView> _runs = [];

    protected abstract IJobViewStore Store { get; }

    private protected abstract ListBounds Bounds { set; }

    public static TheoryData<int, JobSort> Lists
    {
        get
        {
            var lists = new TheoryData<int, JobSort>();
            foreach (var sort in Enum.GetValues<JobSort>())
            {
                foreach (var seed in (int[])[1, 2])
                    lists.Add(seed, sort);
            }

            return lists;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Lists))]
    public async Task Pages_of_jobs_have_all_that_fits_in_order_and_each_once(int seed, JobSort sort)
    {
        await FillAsync();
        var random = new Random(seed);
        for (var n = 0; n < Queries; n++)
        {
            var query = JobQuery(random, sort);
            Bounds = n % 3 == 0 ? ListBounds.Default : Small;
            await PagesAreAllAsync(query);
        }
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pages_of_runs_have_all_that_fits_in_order_and_each_once(int seed)
    {
        await FillAsync();
        var random = new Random(seed);
        for (var n = 0; n < Queries; n++)
        {
            var query = RunQuery(random);
            Bounds = n % 3 == 0 ? ListBounds.Default : Small;
            await PagesAreAllAsync(query);
        }
    }

    [SkippableFact]
    public async Task Each_filter_alone_finds_what_fits()
    {
        await FillAsync();
        foreach (var query in Enumerable.Range(0, 11).SelectMany(n => Enumerable.Range(0, 3).Select(_ => With(new JobQuery(), n, _random))))
        {
            foreach (var sort in Enum.GetValues<JobSort>())
            {
                Bounds = ListBounds.Default;
                await PagesAreAllAsync(query with { Sort = sort, Limit = 40 });
            }
        }
    }

    [SkippableFact]
    public async Task A_page_without_a_hit_is_cut_short_and_says_how_far_it_looked()
    {
        await FillAsync();
        Bounds = Small;
        foreach (var query in new JobQuery[] { new() { NamePart = Nowhere }, new() { IdPart = Nowhere }, new() { Host = Nowhere }, new() { Tag = "common", NamePart = Nowhere } })
        {
            var (pages, last) = (0, (JobPosition?)null);
            while (true)
            {
                var end = await Store.ReadJobsAsync(query with { After = last }, (_, _) => throw new InvalidOperationException("Nothing fits."), default);
                if (!end.HasMore)
                    break;
                Assert.True(end.IsCutShort);
                Assert.True(last is null || end.LookedTo!.At > last.At || string.CompareOrdinal(end.LookedTo.JobId.Value, last.JobId.Value) > 0, $"{end.LookedTo} comes after {last}");
                last = end.LookedTo;
                pages++;
            }

            var there = _jobs.Count(job => job.Exists && (query.Tag is null || job.Definition!.Tags.Contains(query.Tag)));
            Assert.InRange(pages, there / Small.Entries, (there / Small.Scattered) + 1);
        }
    }

    [SkippableFact]
    public async Task A_page_of_what_an_index_has_is_never_cut_short()
    {
        await FillAsync();
        Bounds = Small;
        foreach (var query in new JobQuery[] { new(), new() { Tag = "common" }, new() { ConcurrencyKey = "key-1" }, new() { Sort = JobSort.NextRun }, new() { Statuses = [JobStatus.Paused, JobStatus.Failed] }, new() { CreatedAfter = T0 } })
        {
            var end = await Store.ReadJobsAsync(query, (_, _) => true, default);
            Assert.Equal(PageEnd<JobPosition>.Last, end);
        }
    }

    [SkippableFact]
    public async Task Nobody_takes_what_is_between_two_pages_twice_or_never()
    {
        await FillAsync();
        Bounds = ListBounds.Default;
        var all = await Store.ListJobsAsync(new JobQuery { Sort = JobSort.NextRun }, default);
        var taken = 0;

        var end = await Store.ReadJobsAsync(new JobQuery { Sort = JobSort.NextRun }, (_, _) => taken++ < 3, default);

        Assert.Equal(new PageEnd<JobPosition>(HasMore: true, JobPosition.Of(all[2].State, JobSort.NextRun)), end);
    }

    private async Task PagesAreAllAsync(JobQuery query)
    {
        var expected = new List<string>();
        ViewOracle.Read(query with { Limit = int.MaxValue }, _jobs, job => Keep(expected, job.Id.Value));
        var seen = new List<string>();
        var end = PageEnd<JobPosition>.Full(null);
        for (var page = 0; end.HasMore; page++)
        {
            Assert.True(page <= _jobs.Count, $"{query} has no end.");
            var before = seen.Count;
            end = await Store.ReadJobsAsync(query with { After = end.LookedTo }, (job, _) => Keep(seen, job.State.Id.Value), default);
            Assert.InRange(seen.Count - before, 0, query.Limit - (end.IsCutShort ? 1 : 0));
        }

        Assert.True(expected.SequenceEqual(seen, StringComparer.Ordinal), $"{query}:\n{string.Join(' ', expected)}\n{string.Join(' ', seen)}");
    }

    private async Task PagesAreAllAsync(RunQuery query)
    {
        var expected = new List<string>();
        ViewOracle.Read(query with { Limit = int.MaxValue }, _runs, HasTag, run => Keep(expected, run.RunId.Value));
        var seen = new List<string>();
        var end = PageEnd<RunPosition>.Full(null);
        for (var page = 0; end.HasMore; page++)
        {
            Assert.True(page <= _runs.Count, $"{query} has no end.");
            var before = seen.Count;
            end = await Store.ReadRunsAsync(query with { After = end.LookedTo }, (run, _) => Keep(seen, run.RunId.Value), default);
            Assert.InRange(seen.Count - before, 0, query.Limit - (end.IsCutShort ? 1 : 0));
        }

        Assert.True(expected.SequenceEqual(seen, StringComparer.Ordinal), $"{query}:\n{string.Join(' ', expected)}\n{string.Join(' ', seen)}");
    }

    private bool HasTag(JobId id, string tag) => _jobs.Exists(job => job.Id == id && job.Exists && job.Definition!.Tags.Contains(tag));

    private static bool Keep(List<string> ids, string id)
    {
        ids.Add(id);
        return true;
    }

    /// <summary>Each row is there as a plain job first, so that all that lists go by changes once.</summary>
    private async Task FillAsync()
    {
        for (var n = 0; n < Rows; n++)
        {
            var plain = Created(Id(n), T0.AddSeconds(_random.Next(30)), name: "plain", tags: ["plain"]);
            await Write(plain);
            _jobs.Add(Job(plain));
        }

        for (var n = 0; n < Rows; n++)
        {
            var run = Run(_jobs[_random.Next(Rows)].Id, T0.AddSeconds(_random.Next(40)), n + 1, Pick(Enum.GetValues<RunStatus>()));
            _runs.Add(run with { RunId = RunId.Requested(run.JobId, 1, n + 1) });
        }

        var tables = (await Store.LiveTablesAsync(default)).Id;
        await Store.CommitAsync(new ProjectionStep(tables, 0, 1) { Jobs = [.. _jobs.Select(job => new ProjectedJob(job, job.Version, job.Generation))], Runs = _runs }, default);
    }

    private async Task Write(JobState state)
    {
        var row = new AwaitedRow(state, isNew: true);
        Store.Enqueue(row);
        await row.Done;
    }

    private JobState Job(JobState plain)
    {
        var definition = plain.Definition! with
        {
            Name = Pick(["alpha", "alpha beta", "beta", "Alpha", "be%ta_", "al.pha", "räksmörgås"]),
            Tags = Pick<ValueList<string>>([[], ["common"], ["common", "rare"], ["common"]]),
            ConcurrencyKey = Pick([null, null, "key-1", "key-2"]),
            Target = Pick<Target>([HandlerTarget.Default, new AmqpTarget("", "q"), new HttpTarget("POST", "https://Example.org:8443/a", [], null), new HttpTarget("GET", "http://other.example/", [], null)]),
        };
        var next = Pick<DateTimeOffset?>([null, T0.AddMinutes(_random.Next(20)), T0.AddMinutes(_random.Next(20))]);
        var state = plain with { Version = 3, Definition = definition, NextFireTime = next, NextDueAt = next, LastOutcome = Pick<RunOutcome?>([null, .. Enum.GetValues<RunOutcome>()]) };
        return _random.Next(8) switch
        {
            0 => state with { IsPaused = true },
            1 => state with { IsCancelled = true },
            2 => Started(plain) with { Definition = definition, Version = 4, NextDueAt = next, NextFireTime = next },
            3 => state with { IsDeleted = true, Definition = null, NextDueAt = null, NextFireTime = null },
            _ => state,
        };
    }

    private static JobQuery JobQuery(Random random, JobSort sort)
    {
        var query = new JobQuery { Sort = sort, Limit = random.Next(1, 20) };
        for (var filters = random.Next(1, 4); filters > 0; filters--)
            query = With(query, random.Next(11), random);
        return query;
    }

    private static JobQuery With(JobQuery query, int filter, Random random) => filter switch
    {
        0 => query with { Statuses = Some<JobStatus>(random) },
        1 => query with { Tag = Pick(random, "common", "rare", Nowhere) },
        2 => query with { NamePrefix = Pick(random, "al", "alpha", "b", "be%", "A", Nowhere) },
        3 => query with { NamePart = Pick(random, "pha", "%t", "a_", ".", "smör", Nowhere) },
        4 => query with { IdPart = Pick(random, "1", "-0", "5", Nowhere) },
        5 => query with { DueBefore = T0.AddMinutes(random.Next(-1, 21)) },
        6 => query with { CreatedAfter = T0.AddSeconds(random.Next(-1, 31)) },
        7 => query with { Targets = Some<TargetKind>(random) },
        8 => query with { Host = Pick(random, "example.org", "other.example", Nowhere) },
        9 => query with { ConcurrencyKey = Pick(random, "key-1", "key-2", Nowhere) },
        10 => query with { LastOutcomes = Some<RunOutcome>(random) },
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private RunQuery RunQuery(Random random) => new()
    {
        Limit = random.Next(1, 20),
        JobId = random.Next(4) == 0 ? _runs[random.Next(Rows)].JobId : null,
        Tag = random.Next(3) == 0 ? Pick(random, "common", "rare", Nowhere) : null,
        Statuses = random.Next(2) == 0 ? Some<RunStatus>(random) : [],
        From = random.Next(4) == 0 ? T0.AddSeconds(random.Next(40)) : null,
        To = random.Next(4) == 0 ? T0.AddSeconds(random.Next(40)) : null,
    };

    private static ValueList<T> Some<T>(Random random)
        where T : struct, Enum => ValueList.From(random.GetItems(Enum.GetValues<T>(), random.Next(1, 3)));

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private static JobId Id(int n) => JobId.Parse($"job-{n:D3}");
}
