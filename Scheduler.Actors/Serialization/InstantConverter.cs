using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scheduler.Actors.Serialization;

/// <summary>
/// Instants as RFC 3339 in UTC with exactly three decimals, <c>2026-11-23T10:00:00.000Z</c>: the same text for the same instant, always.
/// Reads any offset and any precision.
/// </summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Length];
        Format(value, text);
        writer.WriteStringValue(text);
    }

    // Written by hand because a custom format string costs several times as much, and events hold up to five instants.
    private static void Format(DateTimeOffset value, Span<byte> text)
    {
        var utc = value.UtcDateTime;
        Digits(text[..4], utc.Year);
        text[4] = (byte)'-';
        Digits(text[5..7], utc.Month);
        text[7] = (byte)'-';
        Digits(text[8..10], utc.Day);
        text[10] = (byte)'T';
        Digits(text[11..13], utc.Hour);
        text[13] = (byte)':';
        Digits(text[14..16], utc.Minute);
        text[16] = (byte)':';
        Digits(text[17..19], utc.Second);
        text[19] = (byte)'.';
        Digits(text[20..23], utc.Millisecond);
        text[23] = (byte)'Z';
    }

    private static void Digits(Span<byte> text, int number)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
