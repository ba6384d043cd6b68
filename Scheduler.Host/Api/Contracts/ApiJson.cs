using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Contracts;

/// <summary>How the API's answers are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(InstantConverter), typeof(DurationConverter), typeof(JsonTextConverter)])]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(IReadOnlyList<JobAnswer>))]
[JsonSerializable(typeof(WaitingForAnswer))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(IReadOnlyList<RunAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<EventAnswer>))]
[JsonSerializable(typeof(TriggerAnswer))]
[JsonSerializable(typeof(BatchLineAnswer))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(AuditAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ViewsAnswer))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(MemberAnswer))]
[JsonSerializable(typeof(ReplanningAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// The context that is used: names and texts are written as people wrote them, not escaped for HTML, since nothing here is ever HTML.
    /// </summary>
    public static ApiJson Answers { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new InstantConverter(), new DurationConverter(), new JsonTextConverter() },
    });
}

/// <summary>RFC 3339 in UTC with three decimals, as in events: the same text for the same instant, and sorted as texts are.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;
    private const int RoundTripLength = 28;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read field by field.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => Write(writer, value);

    /// <summary>Writes an instant.</summary>
    public static void Write(Utf8JsonWriter writer, DateTimeOffset value)
    {
        // The round-trip format is much faster than one of its own, and has the same text up to its milliseconds.
        Span<byte> text = stackalloc byte[RoundTripLength];
        var fits = value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        Debug.Assert(fits, "The format has a fixed length.");
        text[Length - 1] = (byte)'Z';
        writer.WriteStringValue(text[..Length]);
    }
}

/// <summary>ISO 8601.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read field by field.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}

/// <summary>Puts JSON that the scheduler only carries into an answer as it is.</summary>
internal sealed class JsonTextConverter : JsonConverter<JsonText>
{
    public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read field by field.");

    public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Raw, skipInputValidation: true);
}
