using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Tail;

/// <summary>Which event it is, whatever its ordering.</summary>
/// <param name="PersistenceId">Whose.</param>
/// <param name="SequenceNr">Its number.</param>
internal readonly record struct EventKey(string PersistenceId, long SequenceNr)
{
    /// <summary>A record's key.</summary>
    public static EventKey Of(EventRecord record) => new(record.PersistenceId, record.SequenceNr);
}
