using System.Text.Json;
using Microsoft.OpenApi;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Declaring;

/// <summary>
/// An object of exactly one of some kinds. The first member of a kind says which one it is, by being there; so schemas describe one
/// object with the members of all kinds, which generated clients can read, and which a further kind only adds to.
/// </summary>
/// <typeparam name="T">What the object becomes.</typeparam>
/// <param name="component">The schema's name.</param>
/// <param name="meaning">What it is, in a sentence.</param>
/// <param name="variants">The kinds.</param>
internal sealed class Choice<T>(string component, string meaning, params Variant<T>[] variants)
    where T : class
{
    private readonly string _keys = string.Join(", ", variants.Select(v => v.Key));

    /// <summary>The kinds.</summary>
    public IReadOnlyList<Variant<T>> Variants => variants;

    /// <summary>The names of all members.</summary>
    public string[] Names { get; } = [.. variants.Select(v => v.Key).Concat(variants.SelectMany(v => v.Names)).Distinct()];

    /// <summary>The members that say which kind it is, for error messages.</summary>
    public string Keys => _keys;

    /// <summary>The kind of a member that is such an object. A patch replaces it as a whole: parts of two kinds make no third.</summary>
    public Kind<T> AsKind() => new(TryRead, Write, () => Shape.Of(component));

    /// <summary>The schema.</summary>
    public OpenApiSchema Schema()
    {
        var schema = Shape.Closed($"{meaning} Exactly one of {string.Join(", ", variants.Select(v => $"`{v.Key}`"))}.", [], Names.Select(Member));
        schema.MinProperties = 1;
        return schema;
    }

    private bool TryRead(ObjectReader reader, string name, out T value)
    {
        value = null!;
        if (!reader.TryObject(name, Names, out var inner))
            return false;
        var given = variants.Where(v => inner.TryGet(v.Key, out _)).ToArray();
        if (given is not [var variant])
        {
            reader.Error(name, $"must have exactly one of: {_keys}");
            return false;
        }

        foreach (var other in Names)
        {
            if (!variant.Names.Contains(other) && inner.TryGet(other, out _))
                inner.Error(other, $"goes only with {string.Join(", ", WithMember(other))}, not with {variant.Key}");
        }

        value = variant.Read(inner);
        return true;
    }

    private void Write(Utf8JsonWriter json, T value)
    {
        json.WriteStartObject();
        if (!Array.Exists(variants, v => v.TryWrite(json, value)))
            throw new InvalidOperationException($"No kind of {component} is a {value.GetType().Name}.");
        json.WriteEndObject();
    }

    private IEnumerable<string> WithMember(string name) => variants.Where(v => v.Names.Contains(name)).Select(v => v.Key);

    /// <summary>Which kinds a member goes with is said, unless it is the one that says which kind it is.</summary>
    private KeyValuePair<string, IOpenApiSchema> Member(string name)
    {
        var schema = variants.First(v => v.Names.Contains(name)).Schema(name);
        if (schema is OpenApiSchema own && !Array.Exists(variants, v => v.Key == name))
            own.Description = $"With {string.Join(", ", WithMember(name).Select(k => $"`{k}`"))}: {own.Description}";
        return new(name, schema);
    }
}

/// <summary>One kind of an object that is of one of some kinds.</summary>
/// <typeparam name="T">What such objects become.</typeparam>
internal abstract class Variant<T>
{
    /// <summary>The member that says that it is this kind.</summary>
    public string Key => Names[0];

    /// <summary>Its members' names.</summary>
    public abstract string[] Names { get; }

    /// <summary>Reads one.</summary>
    public abstract T Read(ObjectReader reader);

    /// <summary>Writes the members of one; false when it is of another kind.</summary>
    public abstract bool TryWrite(Utf8JsonWriter json, T value);

    /// <summary>A member's schema, in one that describes all kinds.</summary>
    public abstract IOpenApiSchema Schema(string name);
}

/// <summary>One kind of an object that is of one of some kinds.</summary>
/// <typeparam name="T">What such objects become.</typeparam>
/// <typeparam name="TOne">What this kind becomes.</typeparam>
/// <param name="members">Its members; the first says that it is this kind.</param>
internal sealed class Variant<T, TOne>(Declaration<TOne> members) : Variant<T>
    where TOne : T
{
    /// <inheritdoc />
    public override string[] Names => members.Names;

    /// <inheritdoc />
    public override T Read(ObjectReader reader) => members.Read(reader);

    /// <inheritdoc />
    public override bool TryWrite(Utf8JsonWriter json, T value)
    {
        if (value is not TOne one)
            return false;
        members.Write(json, one);
        return true;
    }

    /// <inheritdoc />
    public override IOpenApiSchema Schema(string name) => members.Members.First(m => m.Name == name).Schema(mayBeNull: true, withDefault: false);
}
