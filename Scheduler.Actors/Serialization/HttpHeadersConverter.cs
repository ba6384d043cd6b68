using System.Text.Json;
using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Serialization;

/// <summary>Headers as the JSON object that clients send, in their order; a dictionary would not keep it.</summary>
internal sealed class HttpHeadersConverter : JsonConverter<ValueList<HttpHeader>>
{
    public override ValueList<HttpHeader> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
            throw new JsonException("Headers must be an object.");
        var headers = new List<HttpHeader>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            headers.Add(new HttpHeader(name, reader.GetString() ?? ""));
        }

        return ValueList.From(headers);
    }

    public override void Write(Utf8JsonWriter writer, ValueList<HttpHeader> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var header in value)
            writer.WriteString(header.Name, header.Value);
        writer.WriteEndObject();
    }
}
