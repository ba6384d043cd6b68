using Akka.Persistence;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Snapshots as rows of the table <c>snapshots</c>.</summary>
internal static class SqliteSnapshotRows
{
    private const string Insert = """
        INSERT OR REPLACE INTO snapshots (persistence_id, sequence_nr, created_at, serializer_id, manifest, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """;

    private const string Criteria =
        "persistence_id = ?1 AND sequence_nr BETWEEN ?2 AND ?3 AND created_at BETWEEN ?4 AND ?5";

    private const string Newest = $"""
        SELECT sequence_nr, created_at, serializer_id, manifest, payload FROM snapshots WHERE {Criteria} ORDER BY sequence_nr DESC LIMIT 1
        """;

    private const string Remove = $"DELETE FROM snapshots WHERE {Criteria}";

    public static void Save(SqliteConnection connection, SnapshotRecord snapshot) => connection.Prepare(Insert)
        .Bind(1, snapshot.PersistenceId)
        .Bind(2, snapshot.SequenceNr)
        .Bind(3, snapshot.Timestamp)
        .Bind(4, snapshot.SerializerId)
        .Bind(5, snapshot.Manifest)
        .Bind(6, snapshot.Payload)
        .Run();

    public static SnapshotRecord? Load(SqliteConnection connection, string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var statement = Bind(connection.Prepare(Newest), persistenceId, criteria);
        try
        {
            return statement.Step()
                ? new SnapshotRecord(
                    persistenceId, statement.Long(0), statement.Long(1), (int)statement.Long(2), statement.Text(3), statement.Blob(4).ToArray())
                : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    public static void Delete(SqliteConnection connection, string persistenceId, SnapshotSelectionCriteria criteria) =>
        Bind(connection.Prepare(Remove), persistenceId, criteria).Run();

    private static SqliteStatement Bind(SqliteStatement statement, string persistenceId, SnapshotSelectionCriteria criteria) => statement
        .Bind(1, persistenceId)
        .Bind(2, criteria.MinSequenceNr)
        .Bind(3, criteria.MaxSequenceNr)
        .Bind(4, criteria.MinTimestamp?.Ticks ?? 0)
        .Bind(5, criteria.MaxTimeStamp.Ticks);
}
