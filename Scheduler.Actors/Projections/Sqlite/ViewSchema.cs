namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The tables. A set has its number in its names, so that a rebuild fills another one beside it. Each index on <c>jobs</c> costs about a
/// twentieth of the creates, and one on what every run changes costs each run, so new jobs are in four: by id; by lane and creation, with all
/// that seldom changes, so that a list looks through it without reading rows; and by wake time and by next run, which are what a run changes anyway. Keys
/// that rise with time come first, so that new rows touch few pages. The others leave almost all jobs out: those that run, have a concurrency key, or ended badly
/// the last time, and by the end of what retention may remove. Tags have a table of their own, that jobs without tags never touch.
/// Runs are found by job, and by fire time across jobs; those that did not just complete, by status too.
/// </summary>
internal static class ViewSchema
{
    /// <summary>The file's <c>user_version</c>. An older file is made anew and filled from the journal.</summary>
    public const int Version = 3;

    /// <summary>The rows that the index by last outcome has; a query that is to use it must say the same in the same words.</summary>
    public const string BadOutcomes = "last_outcome IN ('cancelled', 'discarded')";

    /// <summary>The rows that the index of runs by status has. Running is what every run is once, and completed what most stay.</summary>
    public const string RareRuns = "status IN ('cancelled', 'discarded', 'retrying', 'skipped')";

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
            lane INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            status TEXT NOT NULL,
            name TEXT NOT NULL,
            target TEXT,
            host TEXT,
            concurrency_key TEXT,
            last_outcome TEXT,
            next_due_at INTEGER,
            wake_at INTEGER,
            ended_at INTEGER,
            state BLOB NOT NULL);
        CREATE INDEX jobs_{tables}_created ON jobs_{tables}(lane, created_at, job_id, name, target, host, concurrency_key, last_outcome) WHERE hidden = 0;
        CREATE INDEX jobs_{tables}_due ON jobs_{tables}(next_due_at, job_id, created_at) WHERE next_due_at IS NOT NULL;
        CREATE INDEX jobs_{tables}_wake ON jobs_{tables}(slice, wake_at, job_id) WHERE wake_at IS NOT NULL;
        CREATE INDEX jobs_{tables}_running ON jobs_{tables}(created_at, job_id) WHERE hidden = 0 AND status = 'running';
        CREATE INDEX jobs_{tables}_key ON jobs_{tables}(concurrency_key, created_at, job_id) WHERE hidden = 0 AND concurrency_key IS NOT NULL;
        CREATE INDEX jobs_{tables}_outcome ON jobs_{tables}(last_outcome, created_at, job_id) WHERE hidden = 0 AND {BadOutcomes};
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
        CREATE INDEX runs_{tables}_status ON runs_{tables}(status, fire_time, run_id) WHERE {RareRuns};
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
