using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Which journal a file is, in its table <c>state</c>: see <see cref="JournalStand"/>.</summary>
internal static class SqliteIdentity
{
    private const string Journal = "journal_id";
    private const string Start = "start_id";

    /// <summary>Reads it; gives a journal its id where it has none yet. In a transaction of the writer.</summary>
    public static JournalStand Read(SqliteWriteSession session)
    {
        var journal = session.GetState(Journal);
        if (journal == 0)
            session.SetState(Journal, journal = NewId());
        return new JournalStand(Text(journal), Text(session.GetState(Start)), session.LastOrdering);
    }

    /// <summary>An id for the next start.</summary>
    public static string NewStart() => Text(NewId());

    /// <summary>Another start than before. In a transaction of the writer.</summary>
    public static void Begin(SqliteWriteSession session, string start) =>
        session.SetState(Start, long.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>
    /// Makes a copy another one than its original: the views that are put beside it, or that are still there where it is put back, may tell of
    /// what came after it.
    /// </summary>
    public static void Part(SqliteConnection copy) => copy.Prepare(SqliteWriteSession.Set).Bind(1, Start).Bind(2, NewId()).Run();

    private static long NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        // Above 0, which means none.
        return (BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue) | 1;
    }

    private static string Text(long id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
