namespace Scheduler.Persistence.Store;

/// <summary>
/// A sequence number of a persistence id is taken already: a second writer is at work. The write is not stored, and its actor must stop,
/// since it knows less than the journal.
/// </summary>
public sealed class DuplicateEventException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="persistenceId">Whose event it is.</param>
    /// <param name="sequenceNr">The number that is taken.</param>
    public DuplicateEventException(string persistenceId, long sequenceNr)
        : base($"Event {sequenceNr} of '{persistenceId}' is stored already: another writer is at work. Nothing was stored.")
    {
        PersistenceId = persistenceId;
        SequenceNr = sequenceNr;
    }

    /// <summary>Whose event it is.</summary>
    public string PersistenceId { get; }

    /// <summary>The number that is taken.</summary>
    public long SequenceNr { get; }
}
