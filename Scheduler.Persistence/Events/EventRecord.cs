namespace Scheduler.Persistence.Events;

/// <summary>
/// One event as a store keeps it. The same type goes in and comes out: <see cref="Ordering"/> is 0 until the store has given it one.
/// </summary>
internal sealed class EventRecord
{
    /// <summary>The store's global order, above 0 once stored; offsets of queries are these numbers.</summary>
    public long Ordering { get; set; }

    /// <summary>Whose event it is.</summary>
    public required string PersistenceId { get; init; }

    /// <summary>1-based; unique together with <see cref="PersistenceId"/>.</summary>
    public required long SequenceNr { get; init; }

    /// <summary>When the event was handed to the journal, in UTC ticks.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Null: was not tagged. Empty: was wrapped in <c>Tagged</c> without a tag. The two are kept apart.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Identifier of the Akka serializer that wrote <see cref="Payload"/>.</summary>
    public required int SerializerId { get; init; }

    /// <summary>The serializer's manifest; empty when it has none.</summary>
    public required string Manifest { get; init; }

    /// <summary>The event's bytes.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>The incarnation of the actor that wrote it.</summary>
    public required string WriterId { get; init; }

    /// <summary>Manifest that an event adapter gave; mostly empty.</summary>
    public string AdapterManifest { get; init; } = "";
}
