using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Removes rows of one set of tables; on the writer's connection.</summary>
internal sealed class ViewRemovals(long tables)
{
    // In the order of fire times, so that the index is read from its oldest end; what is there and has not ended is passed over.
    private readonly string _runsEndedBefore = $"""
        DELETE FROM runs_{tables} WHERE rowid IN (
            SELECT rowid FROM runs_{tables} INDEXED BY runs_{tables}_fire WHERE fire_time < ?1 AND ended_at < ?1 ORDER BY fire_time, run_id LIMIT ?2)
        """;

    // Of the discarded ones beyond the newest runs the newest few are kept as well: those from the next one on go.
    private readonly string _runsBeyond = $"""
        DELETE FROM runs_{tables} WHERE rowid IN (
            SELECT rowid FROM runs_{tables}
            WHERE job_id = ?1 AND ended_at IS NOT NULL AND {Beyond(tables)}
                AND (status <> '{Words.RunStatuses.Of(RunStatus.Discarded)}' OR (fire_time, run_id) <= (
                    SELECT fire_time, run_id FROM runs_{tables} WHERE job_id = ?1 AND status = '{Words.RunStatuses.Of(RunStatus.Discarded)}' AND {Beyond(tables)}
                    ORDER BY fire_time DESC, run_id DESC LIMIT 1 OFFSET ?4))
            ORDER BY fire_time, run_id LIMIT ?3)
        """;

    private readonly string _hiddenBefore = $"""
        SELECT job_id FROM jobs_{tables} INDEXED BY jobs_{tables}_ended
        WHERE hidden = 1 AND ended_at IS NOT NULL AND ended_at < ?1 AND (projected >= version OR projected = 0)
        ORDER BY ended_at, job_id LIMIT ?2
        """;

    private readonly string _runsOf = $"DELETE FROM runs_{tables} WHERE rowid IN (SELECT rowid FROM runs_{tables} WHERE job_id = ?1 LIMIT ?2)";

    private readonly string _tagsOf = $"DELETE FROM job_tags_{tables} WHERE job_id = ?1";

    private readonly string _job = $"DELETE FROM jobs_{tables} WHERE job_id = ?1";

    public int RunsEndedBefore(SqliteConnection connection, DateTimeOffset before, int limit)
    {
        connection.Prepare(_runsEndedBefore).Bind(1, before).Bind(2, limit).Run();
        return connection.Changes;
    }

    public int RunsBeyond(SqliteConnection connection, string job, RunsKept kept, int limit)
    {
        connection.Prepare(_runsBeyond).Bind(1, job).Bind(2, kept.Newest - 1).Bind(3, limit).Bind(4, kept.Discarded).Run();
        return connection.Changes;
    }

    public int HiddenBefore(SqliteConnection connection, DateTimeOffset before, int limit)
    {
        var removed = 0;
        foreach (var job in Hidden(connection, before, limit))
        {
            if (removed >= limit)
                break;
            connection.Prepare(_runsOf).Bind(1, job).Bind(2, limit - removed).Run();
            removed += connection.Changes;

            // The job goes last: without its row nobody would find the rest of its runs.
            if (removed >= limit)
                break;
            connection.Prepare(_tagsOf).Bind(1, job).Run();
            connection.Prepare(_job).Bind(1, job).Run();
            removed++;
        }

        return removed;
    }

    private static string Beyond(long tables) => $"""
        (fire_time, run_id) < (SELECT fire_time, run_id FROM runs_{tables} WHERE job_id = ?1 ORDER BY fire_time DESC, run_id DESC LIMIT 1 OFFSET ?2)
        """;

    private List<string> Hidden(SqliteConnection connection, DateTimeOffset before, int limit)
    {
        var statement = connection.Prepare(_hiddenBefore).Bind(1, before).Bind(2, limit);
        var jobs = new List<string>();
        while (statement.Step())
            jobs.Add(statement.Text(0));
        statement.Reset();
        return jobs;
    }
}
