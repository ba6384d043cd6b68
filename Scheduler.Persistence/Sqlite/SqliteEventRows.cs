using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Events as rows of the table <c>journal</c>.</summary>
internal static class SqliteEventRows
{
    private const string Columns =
        "ordering, persistence_id, sequence_nr, tags, created_at, serializer_id, manifest, adapter_manifest, writer, payload";

    private const string Insert = $"INSERT INTO journal ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

    private const string ByPersistenceId =
        $"SELECT {Columns} FROM journal WHERE persistence_id = ?1 AND sequence_nr BETWEEN ?2 AND ?3 ORDER BY sequence_nr LIMIT ?4";

    private const string InOrder = $"SELECT {Columns} FROM journal WHERE ordering > ?1 AND ordering <= ?2 ORDER BY ordering LIMIT ?3";

    private const string InOrderByTag =
        $"SELECT {Columns} FROM journal WHERE ordering > ?1 AND ordering <= ?2 AND (tags = ?4 OR instr(tags, ?5) > 0) ORDER BY ordering LIMIT ?3";

    /// <summary>Inserts it under an ordering; false when its sequence number is taken.</summary>
    public static bool TryInsert(SqliteConnection connection, EventRecord record, long ordering)
    {
        var statement = connection.Prepare(Insert)
            .Bind(1, ordering)
            .Bind(2, record.PersistenceId)
            .Bind(3, record.SequenceNr)
            .Bind(4, SqliteTags.Encode(record.Tags))
            .Bind(5, record.Timestamp)
            .Bind(6, record.SerializerId)
            .Bind(7, record.Manifest)
            .Bind(8, record.AdapterManifest.Length == 0 ? null : record.AdapterManifest);
        // Akka's writer ids are GUIDs: 16 bytes instead of 36 in every row.
        if (Guid.TryParseExact(record.WriterId, "D", out var writer))
        {
            Span<byte> bytes = stackalloc byte[16];
            writer.TryWriteBytes(bytes);
            statement.Bind(9, bytes);
        }
        else
        {
            statement.Bind(9, record.WriterId);
        }

        return statement.Bind(10, record.Payload).TryInsert();
    }

    /// <summary>Hands on the events of one persistence id, ascending, until one is the last that is wanted.</summary>
    public static void Replay(
        SqliteConnection connection, string persistenceId, long from, long to, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken)
    {
        var statement = connection.Prepare(ByPersistenceId).Bind(1, persistenceId).Bind(2, from).Bind(3, to).Bind(4, limit);
        try
        {
            while (statement.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!onEvent(Read(statement)))
                    return;
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Reads on by ordering; <paramref name="more"/> when it stopped at the limit, or because so many bytes are enough.</summary>
    public static List<EventRecord> Read(SqliteConnection connection, string? tag, long from, long to, int limit, out bool more)
    {
        var statement = connection.Prepare(tag is null ? InOrder : InOrderByTag).Bind(1, from).Bind(2, to).Bind(3, limit);
        if (tag is not null)
            statement.Bind(4, tag).Bind(5, SqliteTags.Within(tag));
        var events = new List<EventRecord>();
        long bytes = 0;
        try
        {
            while (bytes < EventPage.EnoughBytes && statement.Step())
            {
                var record = Read(statement);
                events.Add(record);
                bytes += record.Payload.Length;
            }
        }
        finally
        {
            statement.Reset();
        }

        more = events.Count == limit || bytes >= EventPage.EnoughBytes;
        return events;
    }

    private static EventRecord Read(SqliteStatement row) => new()
    {
        Ordering = row.Long(0),
        PersistenceId = row.Text(1),
        SequenceNr = row.Long(2),
        Tags = SqliteTags.Decode(row.IsNull(3) ? null : row.Text(3)),
        Timestamp = row.Long(4),
        SerializerId = (int)row.Long(5),
        Manifest = row.Text(6),
        AdapterManifest = row.IsNull(7) ? "" : row.Text(7),
        WriterId = row.Blob(8) is { Length: 16 } writer ? new Guid(writer).ToString("D") : row.Text(8),
        Payload = row.Blob(9).ToArray(),
    };
}
