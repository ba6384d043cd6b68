using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Writes rows of one set of tables; inside a transaction of the writer.</summary>
internal sealed class ViewRows(long tables)
{
    // What seldom changes and has an index is left out here: SQLite writes an index anew when its column is named, changed or not.
    private readonly string _upsertJob = $"""
        INSERT INTO jobs_{tables}(job_id, slice, version, projected, generation, hidden, created_at, status, name, next_due_at, wake_at, ended_at, state,
            lane, target, host, concurrency_key, last_outcome)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
        ON CONFLICT(job_id) DO UPDATE SET
            version = excluded.version,
            projected = max(projected, excluded.projected),
            generation = CASE WHEN excluded.projected > projected THEN excluded.generation ELSE generation END,
            status = excluded.status,
            next_due_at = excluded.next_due_at,
            wake_at = excluded.wake_at,
            ended_at = excluded.ended_at,
            state = excluded.state
        WHERE excluded.version > version
        """;

    private readonly string _moveJob = $"""
        UPDATE jobs_{tables} SET hidden = ?2, created_at = ?3, lane = ?4, name = ?5, target = ?6, host = ?7, concurrency_key = ?8, last_outcome = ?9
        WHERE job_id = ?1 AND (hidden <> ?2 OR created_at <> ?3 OR lane <> ?4 OR name <> ?5
            OR target IS NOT ?6 OR host IS NOT ?7 OR concurrency_key IS NOT ?8 OR last_outcome IS NOT ?9)
        """;

    private readonly string _moveProjected =
        $"UPDATE jobs_{tables} SET projected = ?2, generation = ?3 WHERE job_id = ?1 AND projected < ?2";

    private readonly string _selectTags = $"SELECT tag, created_at FROM job_tags_{tables} WHERE job_id = ?1";

    private readonly string _deleteTags = $"DELETE FROM job_tags_{tables} WHERE job_id = ?1";

    private readonly string _insertTag = $"INSERT OR IGNORE INTO job_tags_{tables}(tag, created_at, job_id) VALUES (?1, ?2, ?3)";

    private readonly string _upsertRun = $"""
        INSERT INTO runs_{tables}(job_id, fire_time, run_id, status, version, ended_at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT(job_id, fire_time, run_id) DO UPDATE SET
            status = excluded.status, version = excluded.version, ended_at = excluded.ended_at, data = excluded.data
        WHERE excluded.version > version
        """;

    private readonly string _setAside = $"INSERT OR REPLACE INTO set_aside_{tables}(persistence_id, version, error) VALUES (?1, ?2, ?3)";

    private readonly string _upsertOffset =
        $"INSERT INTO offsets_{tables}(slice, value) VALUES (?1, ?2) ON CONFLICT(slice) DO UPDATE SET value = max(value, excluded.value)";

    /// <summary>The set's number.</summary>
    public long Tables => tables;

    public void Write(SqliteConnection connection, RowWrite row) =>
        UpsertJob(connection, row.State, row.Json, row.IsNew ? row.State.Version : 0, row.IsNew ? row.State.Generation : 0, row.IsNew);

    public void Write(SqliteConnection connection, ProjectionStep step)
    {
        foreach (var job in step.Jobs)
        {
            if (!UpsertJob(connection, job.State, JobFormats.Write(job.State), job.Projected, job.Generation, isNew: false))
                connection.Prepare(_moveProjected).Bind(1, job.State.Id.Value).Bind(2, job.Projected).Bind(3, job.Generation).Run();
        }

        foreach (var run in step.Runs)
        {
            connection.Prepare(_upsertRun)
                .Bind(1, run.JobId.Value)
                .Bind(2, run.FireTime)
                .Bind(3, run.RunId.Value)
                .Bind(4, Words.RunStatuses.Of(run.Status))
                .Bind(5, run.Version)
                .Bind(6, run.HasEnded ? run.EndedAt ?? run.FireTime : null)
                .Bind(7, RunJson.Write(run))
                .Run();
        }

        foreach (var fact in step.SetAside)
            connection.Prepare(_setAside).Bind(1, fact.PersistenceId).Bind(2, fact.Version).Bind(3, fact.Error).Run();
        connection.Prepare(_upsertOffset).Bind(1, step.Slice).Bind(2, step.Offset).Run();
    }

    /// <summary>False when the row is as new, or newer.</summary>
    private bool UpsertJob(SqliteConnection connection, JobState state, byte[] json, long projected, int generation, bool isNew)
    {
        var row = SeldomChanged.Of(state);
        connection.Prepare(_upsertJob)
            .Bind(1, state.Id.Value)
            .Bind(2, state.Id.Slice)
            .Bind(3, state.Version)
            .Bind(4, projected)
            .Bind(5, generation)
            .Bind(6, row.Hidden)
            .Bind(7, state.CreatedAt)
            .Bind(8, Words.JobStatuses.Of(state.Status))
            .Bind(9, row.Name)
            .Bind(10, state.Exists ? state.NextDueAt : null)
            .Bind(11, state.WakeAt)
            .Bind(12, JobEnd.Of(state))
            .Bind(13, json)
            .Bind(14, row.Lane)
            .Bind(15, row.Target)
            .Bind(16, row.Host)
            .Bind(17, row.ConcurrencyKey)
            .Bind(18, row.LastOutcome)
            .Run();
        if (connection.Changes == 0)
            return false;
        var tags = state.Exists ? state.Definition!.Tags : [];
        if (!isNew)
            Move(connection, state, row);
        if (!isNew || tags.Count > 0)
            WriteTags(connection, state, tags);
        return true;
    }

    private void Move(SqliteConnection connection, JobState state, SeldomChanged row) => connection.Prepare(_moveJob)
        .Bind(1, state.Id.Value)
        .Bind(2, row.Hidden)
        .Bind(3, state.CreatedAt)
        .Bind(4, row.Lane)
        .Bind(5, row.Name)
        .Bind(6, row.Target)
        .Bind(7, row.Host)
        .Bind(8, row.ConcurrencyKey)
        .Bind(9, row.LastOutcome)
        .Run();

    private void WriteTags(SqliteConnection connection, JobState state, ValueList<string> tags)
    {
        if (HasTags(connection, state, tags))
            return;
        connection.Prepare(_deleteTags).Bind(1, state.Id.Value).Run();
        foreach (var tag in tags)
            connection.Prepare(_insertTag).Bind(1, tag).Bind(2, state.CreatedAt).Bind(3, state.Id.Value).Run();
    }

    private bool HasTags(SqliteConnection connection, JobState state, ValueList<string> tags)
    {
        var statement = connection.Prepare(_selectTags).Bind(1, state.Id.Value);
        try
        {
            var found = 0;
            while (statement.Step())
            {
                if (!tags.Contains(statement.Text(0), StringComparer.Ordinal) || statement.Instant(1) != state.CreatedAt)
                    return false;
                found++;
            }

            return found == tags.Count;
        }
        finally
        {
            statement.Reset();
        }
    }
}
