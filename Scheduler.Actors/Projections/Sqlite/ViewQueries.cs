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

    private readonly string _jobOfRow = $"SELECT state, projected FROM jobs_{tables} WHERE rowid = ?1";

    private readonly string _runOfRow = $"SELECT {RunColumns} FROM runs_{tables} WHERE rowid = ?1";

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

    private readonly string _oldestRunVersion = $"""
        SELECT min(version) FROM (
            SELECT version FROM runs_{tables}
            WHERE job_id = ?1 AND (status <> '{Words.RunStatuses.Of(RunStatus.Discarded)}' OR ((fire_time, run_id) < (
                SELECT fire_time, run_id FROM runs_{tables} WHERE job_id = ?1 ORDER BY fire_time DESC, run_id DESC LIMIT 1 OFFSET ?3)) IS NOT 1)
            ORDER BY fire_time, run_id LIMIT ?2)
        """;

    // From job to job along the index, past the runs of each. Of most jobs that is all: only those beyond what is kept have their rows looked at.
    private readonly string _jobsWithMoreRuns = $"""
        WITH RECURSIVE seen(job) AS (
            SELECT (SELECT min(job_id) FROM runs_{tables} WHERE job_id > ?1)
            UNION ALL
            SELECT (SELECT min(job_id) FROM runs_{tables} WHERE job_id > seen.job) FROM seen WHERE seen.job IS NOT NULL
            LIMIT ?2)
        SELECT job, EXISTS (SELECT 1 FROM runs_{tables} WHERE job_id = seen.job LIMIT 1 OFFSET ?3) AND (EXISTS (
            SELECT 1 FROM (SELECT status, ended_at FROM runs_{tables} WHERE job_id = seen.job ORDER BY fire_time DESC, run_id DESC LIMIT -1 OFFSET ?3)
            WHERE status <> '{Words.RunStatuses.Of(RunStatus.Discarded)}' AND ended_at IS NOT NULL)
          OR EXISTS (
            SELECT 1 FROM (SELECT status FROM runs_{tables} WHERE job_id = seen.job ORDER BY fire_time DESC, run_id DESC LIMIT -1 OFFSET ?3)
            WHERE status = '{Words.RunStatuses.Of(RunStatus.Discarded)}' LIMIT 1 OFFSET ?4))
        FROM seen WHERE job IS NOT NULL
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

    public long? OldestRunVersion(SqliteConnection connection, JobId id, RunsKept kept)
    {
        var statement = connection.Prepare(_oldestRunVersion).Bind(1, id.Value).Bind(2, 4 * JobState.MaxActive).Bind(3, kept.Newest - 1);
        var version = statement.Step() && !statement.IsNull(0) ? statement.Long(0) : (long?)null;
        statement.Reset();
        return version;
    }

    public JobsLookedAt JobsWithMoreRuns(SqliteConnection connection, RunsKept kept, JobId? after, int limit)
    {
        var statement = connection.Prepare(_jobsWithMoreRuns).Bind(1, after?.Value ?? "").Bind(2, limit).Bind(3, kept.Newest).Bind(4, kept.Discarded);
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

    public PageEnd<JobPosition> ReadJobs(SqliteConnection connection, JobQuery query, ListBounds bounds, RowTaker<JobView> take)
    {
        var list = JobStatements(query, bounds);
        JobPosition? last = null;
        var end = new PageReader(connection, list.Values, list.Sql, query.Sort.IsDescending()).Read(list.Ways, "j.rowid", _jobOfRow, query.Limit, row =>
        {
            var state = JobFormats.ReadState(row.Blob(0));
            if (!take(new JobView(state, row.Long(1)), row.Blob(0).Length))
                return false;
            last = JobPosition.Of(state, query.Sort);
            return true;
        });
        return End(end, last ?? query.After, at => new JobPosition(DateTimeOffset.FromUnixTimeMilliseconds(at.At), JobId.Parse(at.Id)));
    }

    public PageEnd<RunPosition> ReadRuns(SqliteConnection connection, RunQuery query, ListBounds bounds, RowTaker<RunView> take)
    {
        var list = RunStatements(query, bounds);
        RunPosition? last = null;
        var end = new PageReader(connection, list.Values, list.Sql, isDescending: true).Read(list.Ways, "r.rowid", _runOfRow, query.Limit, row =>
        {
            var run = ReadRun(row);
            if (!take(run, row.Blob(5).Length))
                return false;
            last = RunPosition.Of(run);
            return true;
        });
        return End(end, last ?? query.After, at => new RunPosition(DateTimeOffset.FromUnixTimeMilliseconds(at.At), RunId.Parse(at.Id)));
    }

    /// <summary>What a list of jobs is read with.</summary>
    internal (IReadOnlyList<Way> Ways, WaySql Sql, StatementValues Values) JobStatements(JobQuery query, ListBounds bounds)
    {
        var values = new StatementValues();
        var after = query.After is { } position ? new Position(position.At.ToUnixTimeMilliseconds(), position.JobId.Value) : null;
        return (new JobWays(tables, query, values, bounds).All(), new WaySql(values, query.Sort.IsDescending(), after), values);
    }

    /// <summary>What a list of runs is read with.</summary>
    internal (IReadOnlyList<Way> Ways, WaySql Sql, StatementValues Values) RunStatements(RunQuery query, ListBounds bounds)
    {
        var values = new StatementValues();
        var after = query.After is { } position ? new Position(position.FireTime.ToUnixTimeMilliseconds(), position.RunId.Value) : null;
        return (new RunWays(tables, query, values, bounds).All(), new WaySql(values, isDescending: true, after), values);
    }

    private static PageEnd<TPosition> End<TPosition>(PageReader.End end, TPosition? last, Func<Position, TPosition> position)
        where TPosition : class =>
        end.IsFull ? PageEnd<TPosition>.Full(last)
        : end.Horizon is { } horizon ? PageEnd<TPosition>.CutShort(position(horizon))
        : PageEnd<TPosition>.Last;

    private static RunView ReadRun(SqliteStatement row) => RunJson.Read(
        RunId.Parse(row.Text(2)), JobId.Parse(row.Text(0)), Words.RunStatuses.Parse(row.Text(3)), row.Instant(1), row.Long(4), row.Blob(5));
}
