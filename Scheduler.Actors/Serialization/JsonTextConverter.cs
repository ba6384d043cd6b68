using System.Text.Json;
using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Serialization;

/// <summary>
/// JSON that the scheduler only carries: a value of the document around it, not a string in it, and the same text when it is read again.
/// Absent is what means none: a JSON null is a value.
/// </summary>
internal sealed class JsonTextConverter : JsonConverter<JsonText?>
{
    public override bool HandleNull => true;

    public override JsonText? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new JsonText(document.RootElement.GetRawText());
    }

    // It was checked where it entered the process.
    public override void Write(Utf8JsonWriter writer, JsonText? value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value?.Raw ?? "null", skipInputValidation: true);
}
