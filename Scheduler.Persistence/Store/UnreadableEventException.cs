namespace Scheduler.Persistence.Store;

/// <summary>
/// A stored event can't be deserialized. A recovery or a query fails with it; a query whose supervision strategy resumes goes on with the
/// next event, and knows from this which one it left out.
/// </summary>
public sealed class UnreadableEventException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="persistenceId">Whose event it is.</param>
    /// <param name="sequenceNr">Its sequence number.</param>
    /// <param name="ordering">Its offset in queries by tag.</param>
    /// <param name="inner">What the serializer said.</param>
    public UnreadableEventException(string persistenceId, long sequenceNr, long ordering, Exception inner)
        : base($"Event {sequenceNr} of '{persistenceId}' (ordering {ordering}) can't be read: {inner?.Message}", inner)
    {
        PersistenceId = persistenceId;
        SequenceNr = sequenceNr;
        Ordering = ordering;
    }

    /// <summary>Whose event it is.</summary>
    public string PersistenceId { get; }

    /// <summary>Its sequence number.</summary>
    public long SequenceNr { get; }

    /// <summary>Its offset in queries by tag.</summary>
    public long Ordering { get; }
}
