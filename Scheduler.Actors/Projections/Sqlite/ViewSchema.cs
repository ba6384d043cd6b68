namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The tables. A set has its number in its names, so that a rebuild fills another one beside it. Each index on <c>jobs</c> costs about a
/// twentieth of the creates, so there are three ways in: by id, by creation, and, for what must be woken, by wake time; keys that rise with
/// time come first, so that new rows touch few pages. Two more indexes leave new jobs out, and so cost creates nothing: by status, for the
/// statuses that are rare, and by the end of what retention may remove. Tags have a table of their own, that jobs without tags never touch.
/// Runs are found by job, and by fire time across jobs.
/// </summary>
internal static class ViewSchema
{
    /// <summary>The file's <c>user_version</c>. An older file is made anew and filled from the journal.</summary>
    public const int Version = 2;

    /// <summary>
    /// The rows that the index by status has; a query that is to use it must say the same in the same words. Most jobs are pending or
    /// completed: those are found along their creation.
    /// </summary>
    public const string RareStatuses = "status IN ('cancelled', 'failed', 'paused', 'running')";

    public static string Meta(long tables) => $"""
        CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK (id = 1), live INTEGER NOT NULL, last INTEGER NOT NULL);
        INSERT INTO meta VALUES (1, {tables}, {tables});
        """;

    public static string Create(long tables) => $"""
        CREATE TABLE jobs_{tables}(
            job_id TEXT NOT NULL PRIMARY KEY,
            slice INTEGER NOT NULL,
            version INTEGER NOT NULL,
            projected INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            hidden INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            status TEXT NOT NULL,
            name TEXT NOT NULL,
            next_due_at INTEGER,
            wake_at INTEGER,
            ended_at INTEGER,
            state BLOB NOT NULL);
        CREATE INDEX jobs_{tables}_created ON jobs_{tables}(created_at, job_id);
        CREATE INDEX jobs_{tables}_wake ON jobs_{tables}(slice, wake_at, job_id) WHERE wake_at IS NOT NULL;
        CREATE INDEX jobs_{tables}_status ON jobs_{tables}(status, created_at, job_id) WHERE hidden = 0 AND {RareStatuses};
        CREATE INDEX jobs_{tables}_ended ON jobs_{tables}(hidden, ended_at, job_id) WHERE ended_at IS NOT NULL;
        CREATE TABLE job_tags_{tables}(tag TEXT NOT NULL, created_at INTEGER NOT NULL, job_id TEXT NOT NULL,
            PRIMARY KEY (tag, created_at, job_id)) WITHOUT ROWID;
        CREATE INDEX job_tags_{tables}_job ON job_tags_{tables}(job_id);
        CREATE TABLE runs_{tables}(
            job_id TEXT NOT NULL,
            fire_time INTEGER NOT NULL,
            run_id TEXT NOT NULL,
            status TEXT NOT NULL,
            version INTEGER NOT NULL,
            ended_at INTEGER,
            data BLOB NOT NULL,
            UNIQUE (job_id, fire_time, run_id));
        CREATE INDEX runs_{tables}_fire ON runs_{tables}(fire_time, run_id);
        CREATE TABLE offsets_{tables}(slice INTEGER PRIMARY KEY, value INTEGER NOT NULL);
        CREATE TABLE set_aside_{tables}(persistence_id TEXT NOT NULL, version INTEGER NOT NULL, error TEXT NOT NULL,
            PRIMARY KEY (persistence_id, version)) WITHOUT ROWID;
        """;

    public static string Drop(long tables) => $"""
        DROP TABLE IF EXISTS jobs_{tables};
        DROP TABLE IF EXISTS job_tags_{tables};
        DROP TABLE IF EXISTS runs_{tables};
        DROP TABLE IF EXISTS offsets_{tables};
        DROP TABLE IF EXISTS set_aside_{tables};
        """;
}
