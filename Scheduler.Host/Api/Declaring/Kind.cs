using System.Text.Json;
using Microsoft.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Declaring;

/// <summary>Reads the value of a member; false when it is left out, or is wrong throughout. Whatever is wrong is noted.</summary>
internal delegate bool ReadValue<T>(ObjectReader reader, string name, out T value);

/// <summary>Merges a member of a JSON Merge Patch into what was there, both of them objects.</summary>
internal delegate ReadOnlyMemory<byte> MergeValue(JsonElement current, JsonElement patch);

/// <summary>Which values a member may have: how they are read, written and described.</summary>
/// <typeparam name="T">What they become.</typeparam>
/// <param name="TryRead">Reads one.</param>
/// <param name="Write">Writes one.</param>
/// <param name="Describe">Their schema, made anew each time, without a description.</param>
internal sealed record Kind<T>(ReadValue<T> TryRead, Action<Utf8JsonWriter, T> Write, Func<IOpenApiSchema> Describe)
{
    /// <summary>What is to be said of every member of this kind, after what it means.</summary>
    public string? Note { get; init; }

    /// <summary>How a patch changes it; null when it replaces the whole.</summary>
    public MergeValue? Merge { get; init; }

    /// <summary>The same, with more that is asked of a value.</summary>
    /// <param name="problems">What is wrong with a value.</param>
    public Kind<T> Where(Func<T, IEnumerable<string>> problems) => this with
    {
        TryRead = (reader, name, out value) =>
        {
            if (!TryRead(reader, name, out value))
                return false;
            foreach (var problem in problems(value))
                reader.Error(name, problem);
            return true;
        },
    };

    /// <summary>The same, with one more thing that is asked of a value.</summary>
    /// <param name="problem">What is wrong with a value; null for nothing.</param>
    public Kind<T> Where(Func<T, string?> problem) => Where(value => problem(value) is { } wrong ? [wrong] : Array.Empty<string>());

    /// <summary>The same, with more in its schema.</summary>
    public Kind<T> Described(Action<OpenApiSchema> more) => this with
    {
        Describe = () =>
        {
            var schema = Describe();
            more((OpenApiSchema)schema);
            return schema;
        },
    };
}
