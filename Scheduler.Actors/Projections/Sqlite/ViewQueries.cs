using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The queries over one set of tables.</summary>
internal sealed class ViewQueries(long tables)
{
    private const string RunColumns = "job_id, fire_time, run_id, status, version, data";

    private readonly string _findJob = $"SELECT state, projected, generation FROM jobs_{tables} WHERE job_id = ?1";

    private readonly string _findRun = $"SELECT {RunColumns} FROM runs_{tables} WHERE job_id = ?1 AND run_id = ?2";

    private readonly string _findOffset = $"SELECT value FROM offsets_{tables} WHERE slice = ?1";

    private readonly string _dueJobs = $"""
        SELECT wake_at, job_id FROM jobs_{tables}
        WHERE slice = ?1 AND wake_at IS NOT NULL AND wake_at <= ?2 AND (wake_at, job_id) > (?3, ?4)
        ORDER BY wake_at, job_id LIMIT ?5
        """;

    private readonly string _finishedJobs = $"""
        SELECT ended_at, job_id, version FROM jobs_{tables} INDEXED BY jobs_{tables}_ended
        WHERE hidden = ?5 AND ended_at IS NOT NULL AND ended_at < ?1 AND (ended_at, job_id) > (?2, ?3)
        ORDER BY ended_at, job_id LIMIT ?4
        """;

    private readonly string _oldestRunVersion =
        $"SELECT min(version) FROM (SELECT version FROM runs_{tables} WHERE job_id = ?1 ORDER BY fire_time, run_id LIMIT ?2)";

    // From job to job along the index, past the runs of each.
    private readonly string _jobsWithMoreRuns = $"""
        WITH RECURSIVE seen(job) AS (
            SELECT (SELECT min(job_id) FROM runs_{tables} WHERE job_id > ?1)
            UNION ALL
            SELECT (SELECT min(job_id) FROM runs_{tables} WHERE job_id > seen.job) FROM seen WHERE seen.job IS NOT NULL
            LIMIT ?2)
        SELECT job, EXISTS (SELECT 1 FROM runs_{tables} WHERE job_id = seen.job LIMIT 1 OFFSET ?3) FROM seen WHERE job IS NOT NULL
        """;

    public ProjectedJob? FindJob(SqliteConnection connection, JobId id)
    {
        var statement = connection.Prepare(_findJob).Bind(1, id.Value);
        var row = statement.Step()
            ? new ProjectedJob(JobFormats.ReadState(statement.Blob(0)), statement.Long(1), (int)statement.Long(2))
            : null;
        statement.Reset();
        return row;
    }

    public RunView? FindRun(SqliteConnection connection, RunId id)
    {
        var statement = connection.Prepare(_findRun).Bind(1, id.JobId.Value).Bind(2, id.Value);
        var row = statement.Step() ? ReadRun(statement) : null;
        statement.Reset();
        return row;
    }

    public long FindOffset(SqliteConnection connection, int slice)
    {
        var statement = connection.Prepare(_findOffset).Bind(1, slice);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }

    public IReadOnlyList<DueJob> DueJobs(SqliteConnection connection, int slice, DateTimeOffset upTo, DueJob? after, int limit)
    {
        var statement = connection.Prepare(_dueJobs)
            .Bind(1, slice)
            .Bind(2, upTo.ToUnixTimeMilliseconds())
            .Bind(3, after?.WakeAt.ToUnixTimeMilliseconds() ?? long.MinValue)
            .Bind(4, after?.JobId.Value ?? "")
            .Bind(5, limit);
        var rows = new List<DueJob>();
        while (statement.Step())
            rows.Add(new DueJob(statement.Instant(0), JobId.Parse(statement.Text(1))));
        statement.Reset();
        return rows;
    }

    public IReadOnlyList<FinishedJob> FinishedJobs(SqliteConnection connection, bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit)
    {
        var statement = connection.Prepare(_finishedJobs)
            .Bind(1, before)
            .Bind(2, after?.FinishedAt.ToUnixTimeMilliseconds() ?? long.MinValue)
            .Bind(3, after?.JobId.Value ?? "")
            .Bind(4, limit)
            .Bind(5, areDeleted ? 1 : 0);
        var rows = new List<FinishedJob>();
        while (statement.Step())
            rows.Add(new FinishedJob(statement.Instant(0), JobId.Parse(statement.Text(1)), statement.Long(2)));
        statement.Reset();
        return rows;
    }

    public long? OldestRunVersion(SqliteConnection connection, JobId id)
    {
        var statement = connection.Prepare(_oldestRunVersion).Bind(1, id.Value).Bind(2, 4 * JobState.MaxActive);
        var version = statement.Step() && !statement.IsNull(0) ? statement.Long(0) : (long?)null;
        statement.Reset();
        return version;
    }

    public JobsLookedAt JobsWithMoreRuns(SqliteConnection connection, int kept, JobId? after, int limit)
    {
        var statement = connection.Prepare(_jobsWithMoreRuns).Bind(1, after?.Value ?? "").Bind(2, limit).Bind(3, kept);
        var more = new List<JobId>();
        JobId? last = null;
        var count = 0;
        while (statement.Step())
        {
            last = JobId.Parse(statement.Text(0));
            if (statement.Long(1) != 0)
                more.Add(last.Value);
            count++;
        }

        statement.Reset();
        return new JobsLookedAt(more, count < limit ? null : last);
    }

    public bool ReadJobs(SqliteConnection connection, JobQuery query, RowTaker<JobView> take) => ReadPage(
        BindFilters(connection.Prepare(JobsSql(query)), query),
        query.Limit,
        row => take(new JobView(JobFormats.ReadState(row.Blob(0)), row.Long(1)), row.Blob(0).Length));

    public bool ReadRuns(SqliteConnection connection, RunQuery query, RowTaker<RunView> take) => ReadPage(
        BindFilters(connection.Prepare(RunsSql(query)), query),
        query.Limit,
        row => take(ReadRun(row), row.Blob(5).Length));

    private static bool ReadPage(SqliteStatement statement, int limit, Predicate<SqliteStatement> take)
    {
        var (count, isTaken) = (0, true);
        while (isTaken && statement.Step())
        {
            isTaken = take(statement);
            count++;
        }

        statement.Reset();
        return !isTaken || count == limit;
    }

    private static RunView ReadRun(SqliteStatement row) => RunJson.Read(
        RunId.Parse(row.Text(2)), JobId.Parse(row.Text(0)), Words.RunStatuses.Parse(row.Text(3)), row.Instant(1), row.Long(4), row.Blob(5));

    /// <summary>
    /// The filters that are set, and no others: each combination is a statement with a plan of its own. With a tag the tag's own table
    /// leads, in the same order. The index is named: SQLite takes each filter for a selective one, and would rather sort what a scan of the
    /// whole table found than follow an index to the end of a page.
    /// </summary>
    internal string JobsSql(JobQuery query)
    {
        var sql = new StringBuilder("SELECT j.state, j.projected FROM ");
        var key = query.Tag is null ? "j" : "t";
        var index = query.Status is { } wanted && IsRare(wanted) ? "status" : "created";
        sql.Append(query.Tag is null
            ? $"jobs_{tables} j INDEXED BY jobs_{tables}_{index} WHERE j.hidden = 0"
            : $"job_tags_{tables} t CROSS JOIN jobs_{tables} j ON j.job_id = t.job_id WHERE t.tag = ?3 AND j.hidden = 0");
        if (query.Status is { } status)
            sql.Append(IsRare(status) ? $" AND j.status = ?2 AND j.{ViewSchema.RareStatuses}" : " AND j.status = ?2");
        if (query.NamePrefix is not null)
            sql.Append(" AND substr(j.name, 1, length(?4)) = ?4");
        if (query.DueBefore is not null)
            sql.Append(" AND j.next_due_at < ?5");
        if (query.CreatedAfter is not null)
            sql.Append($" AND {key}.created_at > ?6");
        var descending = query.Sort is JobSort.CreatedAtDescending;
        if (query.After is not null)
            sql.Append($" AND ({key}.created_at, {key}.job_id) {(descending ? '<' : '>')} (?7, ?8)");
        var direction = descending ? "DESC" : "ASC";
        return sql.Append($" ORDER BY {key}.created_at {direction}, {key}.job_id {direction} LIMIT ?1").ToString();
    }

    private static bool IsRare(JobStatus status) => status is not (JobStatus.Pending or JobStatus.Completed);

    /// <summary>The filters that are set, and no others: with a job by its own runs, else along the fire times of all.</summary>
    internal string RunsSql(RunQuery query)
    {
        var index = query.JobId is null ? $"INDEXED BY runs_{tables}_fire " : "";
        var sql = new StringBuilder($"SELECT {RunColumns} FROM runs_{tables} {index}WHERE true");
        if (query.JobId is not null)
            sql.Append(" AND job_id = ?2");
        if (query.Status is not null)
            sql.Append(" AND status = ?3");
        if (query.From is not null)
            sql.Append(" AND fire_time >= ?4");
        if (EndsBy(query) is not null)
            sql.Append(" AND fire_time < ?5");
        if (query.After is not null)
            sql.Append(" AND (fire_time, run_id) < (?6, ?7)");
        return sql.Append(" ORDER BY fire_time DESC, run_id DESC LIMIT ?1").ToString();
    }

    /// <summary>
    /// The window's end, where it says more than the position that the page goes on from: with both, the index might be entered by the
    /// wrong one, again for each page.
    /// </summary>
    private static DateTimeOffset? EndsBy(RunQuery query) => query.After?.FireTime < query.To ? null : query.To;

    private static SqliteStatement BindFilters(SqliteStatement statement, RunQuery query)
    {
        statement.Bind(1, query.Limit);
        if (query.JobId is { } job)
            statement.Bind(2, job.Value);
        if (query.Status is { } status)
            statement.Bind(3, Words.RunStatuses.Of(status));
        if (query.From is not null)
            statement.Bind(4, query.From);
        if (EndsBy(query) is { } to)
            statement.Bind(5, to);
        if (query.After is { } last)
            statement.Bind(6, last.FireTime).Bind(7, last.RunId.Value);
        return statement;
    }

    private static SqliteStatement BindFilters(SqliteStatement statement, JobQuery query)
    {
        statement.Bind(1, query.Limit);
        if (query.Status is { } status)
            statement.Bind(2, Words.JobStatuses.Of(status));
        if (query.Tag is not null)
            statement.Bind(3, query.Tag);
        if (query.NamePrefix is not null)
            statement.Bind(4, query.NamePrefix);
        if (query.DueBefore is not null)
            statement.Bind(5, query.DueBefore);
        if (query.CreatedAfter is not null)
            statement.Bind(6, query.CreatedAfter);
        if (query.After is { } last)
            statement.Bind(7, last.CreatedAt).Bind(8, last.JobId.Value);
        return statement;
    }
}
