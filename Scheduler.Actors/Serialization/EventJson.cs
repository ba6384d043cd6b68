using System.Runtime.Serialization;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Serialization;

/// <summary>Events as the audit trail shows them: <c>{ "version": 3, "at": "…", "type": "AttemptStarted", "data": { } }</c>.</summary>
public static class EventJson
{
    private static readonly InstantConverter Instants = new();

    /// <summary>The event's name: what clients know it by.</summary>
    /// <exception cref="SerializationException">It is not an event of the journal.</exception>
    public static string TypeOf(JobEvent fact) => Format(fact).Name;

    /// <summary>Writes the event with its version, time and name as one JSON object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="version">The event's number in its job's journal.</param>
    /// <param name="fact">The event.</param>
    /// <exception cref="SerializationException">It is not an event of the journal.</exception>
    /// <param name="job">Whose event it is, to be written too; null where that is known.</param>
    public static void Write(Utf8JsonWriter writer, long version, JobEvent fact, JobId? job = null)
    {
        writer.WriteStartObject();
        if (job is { } id)
            writer.WriteString("job_id", id.Value);
        writer.WriteNumber("version", version);
        writer.WritePropertyName("at");
        Instants.Write(writer, fact.At, JsonSerializerOptions.Default);
        writer.WriteString("type", TypeOf(fact));
        writer.WritePropertyName("data");
        WriteData(writer, fact);
        writer.WriteEndObject();
    }

    /// <summary>Writes what the event says, its time aside, as one JSON object.</summary>
    /// <exception cref="SerializationException">It is not an event of the journal.</exception>
    public static void WriteData(Utf8JsonWriter writer, JobEvent fact) => Format(fact).WriteData(writer, fact);

    private static EventFormat Format(JobEvent fact) => (EventFormat)JobFormats.Of(fact);
}
