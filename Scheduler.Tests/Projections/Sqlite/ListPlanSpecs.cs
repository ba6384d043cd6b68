using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections.Sqlite;

/// <summary>How SQLite goes about lists: along an index, entered where the page begins, and sorting nothing where the way is in order.</summary>
public sealed class ListPlanSpecs : IDisposable
{
    private static readonly JobPosition AfterJob = new(T0, JobId.Parse("job-a"));
    private static readonly RunPosition AfterRun = new(T0, RunId.Scheduled(JobId.Parse("job-a"), 1, T0));

    private readonly TemporaryFolder _folder = new();

    public ListPlanSpecs()
    {
        using var made = new SqliteJobViewStore(FilePath, NullLogger<SqliteJobViewStore>.Instance);
    }

    public static TheoryData<string> JobLists => [.. Jobs.Keys];

    public static TheoryData<string> RunLists => [.. Runs.Keys];

    private static Dictionary<string, (JobQuery Query, string[] Indexes)> Jobs { get; } = new(StringComparer.Ordinal)
    {
        ["all"] = (new JobQuery(), ["jobs_1_created (lane=?"]),
        ["created after"] = (new JobQuery { CreatedAfter = T0 }, ["jobs_1_created (lane=? AND"]),
        ["completed"] = (new JobQuery { Statuses = [JobStatus.Completed] }, ["jobs_1_created (lane=?"]),
        ["paused or failed"] = (new JobQuery { Statuses = [JobStatus.Paused, JobStatus.Failed] }, ["jobs_1_created (lane=?"]),
        ["pending"] = (new JobQuery { Statuses = [JobStatus.Pending] }, ["jobs_1_created (lane=?"]),
        ["running"] = (new JobQuery { Statuses = [JobStatus.Running] }, ["jobs_1_running"]),
        ["running or paused"] = (new JobQuery { Statuses = [JobStatus.Running, JobStatus.Paused] }, ["jobs_1_running", "jobs_1_created (lane=?"]),
        ["tag"] = (new JobQuery { Tag = "red" }, ["t USING PRIMARY KEY (tag=?"]),
        ["concurrency key"] = (new JobQuery { ConcurrencyKey = "a" }, ["jobs_1_key (concurrency_key=?"]),
        ["last outcome"] = (new JobQuery { LastOutcomes = [RunOutcome.Discarded] }, ["jobs_1_outcome (last_outcome=?"]),
        ["name"] = (new JobQuery { NamePrefix = "a" }, ["COVERING INDEX jobs_1_created (lane=?"]),
        ["parts of name and id"] = (new JobQuery { NamePart = "a", IdPart = "b" }, ["COVERING INDEX jobs_1_created (lane=?"]),
        ["target and host"] = (new JobQuery { Targets = [TargetKind.Http], Host = "a" }, ["COVERING INDEX jobs_1_created (lane=?"]),
        ["completed the last time"] = (new JobQuery { LastOutcomes = [RunOutcome.Completed] }, ["COVERING INDEX jobs_1_created (lane=?"]),
        ["due before"] = (new JobQuery { DueBefore = T0 }, ["COVERING INDEX jobs_1_due (next_due_at>? AND next_due_at<?"]),
        ["next run"] = (new JobQuery { Sort = JobSort.NextRun }, ["COVERING INDEX jobs_1_due"]),
        ["next run, due before"] = (new JobQuery { Sort = JobSort.NextRun, DueBefore = T0, CreatedAfter = T0 }, ["COVERING INDEX jobs_1_due"]),
    };

    private static Dictionary<string, (RunQuery Query, string[] Indexes)> Runs { get; } = new(StringComparer.Ordinal)
    {
        ["all"] = (new RunQuery(), ["runs_1_fire"]),
        ["window"] = (new RunQuery { From = T0, To = T0.AddDays(1) }, ["runs_1_fire (fire_time"]),
        ["status"] = (new RunQuery { Statuses = [RunStatus.Discarded] }, ["runs_1_status (status=?"]),
        ["statuses in a window"] = (new RunQuery { Statuses = [RunStatus.Discarded, RunStatus.Skipped], From = T0 }, ["runs_1_status (status=? AND"]),
        ["running"] = (new RunQuery { Statuses = [RunStatus.Running] }, ["runs_1_fire"]),
        ["of a job"] = (new RunQuery { JobId = JobId.Parse("job-a"), Statuses = [RunStatus.Completed] }, ["(job_id=?"]),
        ["with a tag"] = (new RunQuery { Tag = "red" }, ["g USING PRIMARY KEY (tag=?", "runs_1_fire"]),
    };

    private string FilePath => _folder.File("views.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(JobLists))]
    public void A_list_of_jobs_is_read_along_an_index(string name)
    {
        var (query, indexes) = Jobs[name];
        foreach (var each in (JobQuery[])[query, query with { After = AfterJob }, Backwards(query), Backwards(query) with { After = AfterJob }])
        {
            var (ways, sql, values) = new ViewQueries(1).JobStatements(each, ListBounds.Default);
            Check(ways, sql, values, "j.rowid", indexes, each.After is not null);
        }
    }

    [Theory]
    [MemberData(nameof(RunLists))]
    public void A_list_of_runs_is_read_along_an_index(string name)
    {
        var (query, indexes) = Runs[name];
        foreach (var each in (RunQuery[])[query, query with { After = AfterRun }])
        {
            var (ways, sql, values) = new ViewQueries(1).RunStatements(each, ListBounds.Default);
            Check(ways, sql, values, "r.rowid", indexes, each.After is not null);
        }
    }

    private static JobQuery Backwards(JobQuery query) =>
        query with { Sort = query.Sort.IsByNextRun() ? JobSort.NextRunDescending : JobSort.CreatedAtDescending };

    private void Check(IReadOnlyList<Way> ways, WaySql sql, StatementValues values, string rowId, string[] indexes, bool goesOn)
    {
        var plans = ways.Select(way => Plan(sql.Keys(way, rowId, values.Of(1), horizon: null))).ToList();
        Assert.All(indexes, index => Assert.Contains(plans, plan => plan.Contains(index, StringComparison.Ordinal)));
        foreach (var way in ways)
        {
            var horizon = Plan(sql.Horizon(way));
            var page = Plan(sql.Keys(way, rowId, values.Of(1), new Position(1, "a")));
            // What counts along an index reads no row.
            Assert.DoesNotContain("TEMP B-TREE", horizon, StringComparison.Ordinal);
            if (!way.IsInOrder)
                continue;
            Assert.DoesNotContain("TEMP B-TREE", page, StringComparison.Ordinal);
            Assert.True(!goesOn || !page.Contains("SCAN", StringComparison.Ordinal), page);
        }
    }

    private string Plan(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        for (var i = 1; i < 30; i++)
        {
            if (sql.Contains($"?{i}", StringComparison.Ordinal))
                command.Parameters.AddWithValue($"?{i}", 1);
        }

        using var reader = command.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read())
            plan.Add(reader.GetString(3));
        return string.Join("; ", plan) + " ";
    }
}
