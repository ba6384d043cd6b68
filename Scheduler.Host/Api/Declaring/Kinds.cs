using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Declaring;

/// <summary>Reads an item of a list of texts.</summary>
/// <param name="text">The item.</param>
/// <param name="before">The items before it.</param>
/// <param name="item">What it becomes.</param>
/// <returns>What is wrong with it; null for nothing.</returns>
internal delegate string? ReadItem<T>(string text, IReadOnlyList<T> before, out T item);

/// <summary>The kinds of values that there are.</summary>
internal static class Kinds
{
    /// <summary>True or false.</summary>
    public static readonly Kind<bool> Flag = new(
        (reader, name, out value) => Is(reader.Flag(name), out value),
        (json, value) => json.WriteBooleanValue(value),
        () => new OpenApiSchema { Type = JsonSchemaType.Boolean });

    /// <summary>An instant.</summary>
    public static readonly Kind<DateTimeOffset> Instant = new(
        (reader, name, out value) => Is(reader.Instant(name), out value),
        (json, value) => InstantConverter.Write(json, value),
        () => Shape.Instant(""));

    /// <summary>An instant, as a whole millisecond that is not after it.</summary>
    public static readonly Kind<DateTimeOffset> Until = Instant with
    {
        TryRead = (reader, name, out value) =>
        {
            var isThere = Is(reader.Instant(name), out value);
            value = Actors.Domain.Instant.Floor(value);
            return isThere;
        },
    };

    /// <summary>An instant, as a whole millisecond that is not before it: nothing fires early.</summary>
    public static readonly Kind<DateTimeOffset> From = Instant with
    {
        TryRead = (reader, name, out value) =>
        {
            if (!Is(reader.Instant(name), out value))
                return false;
            if (value <= Actors.Domain.Instant.Floor(DateTimeOffset.MaxValue))
                value = Actors.Domain.Instant.Ceiling(value);
            else
                reader.Error(name, "is too late: it would be rounded up into the year 10000");
            return true;
        },
    };

    /// <summary>Any JSON value, carried as it is.</summary>
    public static readonly Kind<JsonText> Any = new(
        (reader, name, out value) =>
        {
            value = default;
            if (!reader.TryGet(name, out var json))
                return false;
            if (CarriedJson.TryRead(json, out value))
                return true;
            reader.Error(name, "must be text throughout: a string in it holds half of a surrogate pair");
            return false;
        },
        (json, value) => json.WriteRawValue(value.Raw, skipInputValidation: true),
        () => Shape.Any(""));

    /// <summary>An object, carried as it is. A patch is merged into it, as deep as it goes.</summary>
    public static readonly Kind<JsonText> AnyObject = Any with
    {
        TryRead = (reader, name, out value) =>
        {
            if (!reader.TryGet(name, out var json) || json.ValueKind is JsonValueKind.Object)
                return Any.TryRead(reader, name, out value);
            value = default;
            reader.Error(name, $"must be an object, not {ObjectReader.Kind(json)}");
            return false;
        },
        Describe = () => Shape.AnyObject(""),
        Merge = (current, patch) => MergePatch.Deep(current, patch),
    };

    /// <summary>Text.</summary>
    /// <param name="most">How many characters it may have.</param>
    /// <param name="whenEmpty">What is wrong with text that says nothing; null when it may.</param>
    public static Kind<string> Text(int? most = null, string? whenEmpty = null)
    {
        var text = new Kind<string>(
            (reader, name, out value) => (value = reader.Text(name, most)!) is not null,
            (json, value) => json.WriteStringValue(value),
            () => Shape.Text("", most, whenEmpty is null ? null : 1));
        return whenEmpty is null ? text : text.Where(value => string.IsNullOrWhiteSpace(value) ? whenEmpty : null);
    }

    /// <summary>One of an enum's words.</summary>
    public static Kind<T> Word<T>(Words<T> words)
        where T : struct, Enum =>
        new(
            (reader, name, out value) => words.TryParse(reader.Word(name, words.All), out value),
            (json, value) => json.WriteStringValue(words.Of(value)),
            () => Shape.Word("", words.All));

    /// <summary>A whole number.</summary>
    public static Kind<int> Whole(int least, int? most = null) => new(
        (reader, name, out value) => Is(reader.Number(name, least, most ?? int.MaxValue), out value),
        (json, value) => json.WriteNumberValue(value),
        () => Formatted(Shape.Whole("", least, most), "int32"));

    /// <summary>A whole number that may be large.</summary>
    public static Kind<long> Long(long least, long? most = null) => new(
        (reader, name, out value) => Is(reader.LongNumber(name, least, most ?? long.MaxValue), out value),
        (json, value) => json.WriteNumberValue(value),
        () => Formatted(Shape.Whole("", least, most), "int64"));

    /// <summary>Any number.</summary>
    public static Kind<double> Fraction(double least, double most) => new(
        (reader, name, out value) => Is(reader.Fraction(name, least, most), out value),
        (json, value) => json.WriteNumberValue(value),
        () => Formatted(Shape.Fraction("", least, most), "double"));

    /// <summary>A duration.</summary>
    public static Kind<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        (reader, name, out value) => Is(reader.Duration(name, least, most), out value),
        (json, value) => json.WriteStringValue(DurationText.Format(value)),
        () => Shape.Text(""))
    {
        Note = $"ISO 8601, from {DurationText.Format(least)} to {DurationText.Format(most)}; requests may have a number of seconds instead.",
    };

    /// <summary>A list of texts.</summary>
    /// <param name="most">How many there may be.</param>
    /// <param name="item">What is written, and what a text must be.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="takesNumbers">Whether a whole number is taken for its digits.</param>
    public static Kind<ValueList<T>> List<T>(int most, OpenApiSchema item, ReadItem<T> read, bool takesNumbers = false)
        where T : notnull =>
        new(
            (reader, name, out value) =>
            {
                value = [];
                if (!reader.TryGet(name, out _))
                    return false;
                var items = new List<T>();
                foreach (var (path, json) in reader.Items(name, most))
                {
                    var text = takesNumbers && json.ValueKind is JsonValueKind.Number ? json.GetRawText() : reader.TextOf(json, reader.PathOf(path), item.MaxLength);
                    if (text is null)
                        continue;
                    if (read(text, items, out var one) is { } wrong)
                        reader.Error(path, wrong);
                    else
                        items.Add(one);
                }

                value = ValueList.From(items);
                return true;
            },
            (json, value) =>
            {
                json.WriteStartArray();
                foreach (var one in value)
                    json.WriteStringValue(one.ToString());
                json.WriteEndArray();
            },
            () => Shape.List("", item, most));

    /// <summary>What a value of some kind is as JSON.</summary>
    public static JsonNode? ToNode<T>(Kind<T> kind, T value)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Answer.Writing))
            kind.Write(json, value);
        return JsonNode.Parse(text.ToArray());
    }

    /// <summary>Generated clients have no other way to know how large a number may be.</summary>
    private static OpenApiSchema Formatted(OpenApiSchema schema, string format)
    {
        schema.Format = format;
        return schema;
    }

    private static bool Is<T>(T? read, out T value)
        where T : struct
    {
        value = read.GetValueOrDefault();
        return read is not null;
    }
}
