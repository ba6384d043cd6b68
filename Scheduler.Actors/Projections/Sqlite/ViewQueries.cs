using System.Text;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;

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

    public ProjectedJob? FindJob(ViewConnection connection, JobId id)
    {
        var statement = connection.Prepare(_findJob).Bind(1, id.Value);
        var row = statement.Step()
            ? new ProjectedJob(JobFormats.ReadState(statement.Blob(0)), statement.Long(1), (int)statement.Long(2))
            : null;
        statement.Reset();
        return row;
    }

    public RunView? FindRun(ViewConnection connection, RunId id)
    {
        var statement = connection.Prepare(_findRun).Bind(1, id.JobId.Value).Bind(2, id.Value);
        var row = statement.Step() ? ReadRun(statement) : null;
        statement.Reset();
        return row;
    }

    public long FindOffset(ViewConnection connection, int slice)
    {
        var statement = connection.Prepare(_findOffset).Bind(1, slice);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }

    public IReadOnlyList<DueJob> DueJobs(ViewConnection connection, int slice, DateTimeOffset upTo, DueJob? after, int limit)
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

    public IReadOnlyList<JobView> ListJobs(ViewConnection connection, JobQuery query)
    {
        var statement = BindFilters(connection.Prepare(JobsSql(query)), query);
        var rows = new List<JobView>();
        while (statement.Step())
            rows.Add(new JobView(JobFormats.ReadState(statement.Blob(0)), statement.Long(1)));
        statement.Reset();
        return rows;
    }

    public IReadOnlyList<RunView> ListRuns(ViewConnection connection, RunQuery query)
    {
        var status = query.Status is null ? "" : "AND status = ?3";
        var after = query.After is null ? "" : "AND (fire_time, run_id) < (?4, ?5)";
        var statement = connection
            .Prepare($"SELECT {RunColumns} FROM runs_{tables} WHERE job_id = ?1 {status} {after} ORDER BY fire_time DESC, run_id DESC LIMIT ?2")
            .Bind(1, query.JobId.Value)
            .Bind(2, query.Limit);
        if (query.Status is { } only)
            statement.Bind(3, ViewNames.Of(only));
        if (query.After is { } last)
            statement.Bind(4, last.FireTime).Bind(5, last.RunId.Value);
        var rows = new List<RunView>();
        while (statement.Step())
            rows.Add(ReadRun(statement));
        statement.Reset();
        return rows;
    }

    private static RunView ReadRun(ViewStatement row) => RunJson.Read(
        RunId.Parse(row.Text(2)), JobId.Parse(row.Text(0)), ViewNames.ToRunStatus(row.Text(3)), row.Instant(1), row.Long(4), row.Blob(5));

    /// <summary>
    /// The filters that are set, and no others: each combination is a statement with a plan of its own. With a tag the tag's own table
    /// leads, in the same order.
    /// </summary>
    private string JobsSql(JobQuery query)
    {
        var sql = new StringBuilder("SELECT j.state, j.projected FROM ");
        var key = query.Tag is null ? "j" : "t";
        sql.Append(query.Tag is null
            ? $"jobs_{tables} j WHERE j.hidden = 0"
            : $"job_tags_{tables} t CROSS JOIN jobs_{tables} j ON j.job_id = t.job_id WHERE t.tag = ?3 AND j.hidden = 0");
        if (query.Status is not null)
            sql.Append(" AND j.status = ?2");
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

    private static ViewStatement BindFilters(ViewStatement statement, JobQuery query)
    {
        statement.Bind(1, query.Limit);
        if (query.Status is { } status)
            statement.Bind(2, ViewNames.Of(status));
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
