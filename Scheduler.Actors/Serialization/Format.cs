using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Scheduler.Actors.Serialization;

/// <summary>How one type of the domain is written and read: its manifest, its DTO, and the mapping between them.</summary>
/// <param name="manifest">The stable name; ends in its version.</param>
/// <param name="type">The domain's type.</param>
internal abstract class Format(string manifest, Type type)
{
    public string Manifest { get; } = manifest;

    public Type Type { get; } = type;

    public abstract void Write(Utf8JsonWriter writer, object value);

    public abstract object Read(ReadOnlySpan<byte> json);
}

/// <inheritdoc />
internal sealed class Format<T, TDto>(string manifest, JsonTypeInfo<TDto> json, Func<T, TDto> toDto, Func<TDto, T> fromDto)
    : Format(manifest, typeof(T))
    where T : class
    where TDto : class
{
    public override void Write(Utf8JsonWriter writer, object value) => JsonSerializer.Serialize(writer, toDto((T)value), json);

    public override object Read(ReadOnlySpan<byte> utf8) =>
        fromDto(JsonSerializer.Deserialize(utf8, json) ?? throw new JsonException("The document is null."));
}
