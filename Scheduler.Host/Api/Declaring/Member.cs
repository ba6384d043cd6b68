using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Declaring;

/// <summary>Whether a member is there.</summary>
internal enum Presence
{
    /// <summary>It must be sent, and is always answered.</summary>
    Required,

    /// <summary>It may be left out, has a value then, and is always answered.</summary>
    Defaulted,

    /// <summary>It may be left out, and is nothing then.</summary>
    Optional,
}

/// <summary>A member of a JSON object, declared once: how it is read, written, patched and described follows from this.</summary>
/// <typeparam name="TOwner">What has it.</typeparam>
internal abstract class Member<TOwner>
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it means, in a sentence or two.</summary>
    public required string Meaning { get; init; }

    /// <summary>Whether it is there.</summary>
    public required Presence Presence { get; init; }

    /// <summary>What it goes with; null for all.</summary>
    public Condition<TOwner>? OnlyWith { get; init; }

    /// <summary>A value that it may have, as JSON; null for none to show.</summary>
    public string? Example { get; init; }

    /// <summary>Whether answers never have it.</summary>
    public bool IsOnlySent { get; init; }

    /// <summary>Whether answers have a null where there is nothing.</summary>
    public bool IsShownAsNull { get; init; }

    /// <summary>How a patch changes it; null when it replaces the whole.</summary>
    public abstract MergeValue? Merge { get; }

    /// <summary>Reads it, when it is there.</summary>
    public abstract TOwner Read(ObjectReader reader, TOwner owner);

    /// <summary>Writes it, with its name.</summary>
    public abstract void Write(Utf8JsonWriter json, TOwner owner);

    /// <summary>Its schema.</summary>
    /// <param name="mayBeNull">Whether null is one of its values.</param>
    /// <param name="withDefault">Whether the schema says what it is when it is left out.</param>
    public virtual IOpenApiSchema Schema(bool mayBeNull, bool withDefault)
    {
        var schema = Describe();
        if (schema is not OpenApiSchema own)
            return mayBeNull && IsShownAsNull ? Shape.OrNull(schema) : schema;
        own.Description = Meaning;
        if (Note is { } note)
            own.Description += $" {note}";
        if (withDefault)
            own.Default = Default;
        if (Example is { } example)
            own.Examples = [JsonNode.Parse(example)!];
        return mayBeNull ? Shape.OrNull(own) : own;
    }

    /// <summary>What is said of its kind.</summary>
    protected abstract string? Note { get; }

    /// <summary>What it is when it is left out; null for nothing, or for what a schema can't say.</summary>
    protected abstract JsonNode? Default { get; }

    /// <summary>The schema of its kind.</summary>
    protected abstract IOpenApiSchema Describe();
}

/// <summary>A member of some kind.</summary>
/// <typeparam name="TOwner">What has it.</typeparam>
/// <typeparam name="T">What its values become.</typeparam>
internal sealed class Member<TOwner, T> : Member<TOwner>
{
    /// <summary>Which values it may have.</summary>
    public required Kind<T> Kind { get; init; }

    /// <summary>Gets its value; false for nothing.</summary>
    public required TryGet Get { get; init; }

    /// <summary>The owner with another value.</summary>
    public required Func<TOwner, T, TOwner> Set { get; init; }

    /// <summary>What it is when it is left out, where it is something then.</summary>
    public Func<T>? Otherwise { get; init; }

    /// <summary>Gets the value that an owner has; false for nothing.</summary>
    internal delegate bool TryGet(TOwner owner, out T value);

    /// <inheritdoc />
    public override MergeValue? Merge => Kind.Merge;

    /// <inheritdoc />
    protected override string? Note => Kind.Note;

    /// <inheritdoc />
    protected override JsonNode? Default => Otherwise is null ? null : Kinds.ToNode(Kind, Otherwise());

    /// <inheritdoc />
    public override TOwner Read(ObjectReader reader, TOwner owner)
    {
        if (Presence is Presence.Required && !reader.TryGet(Name, out _))
            reader.Error(Name, "is required");
        return Kind.TryRead(reader, Name, out var value) ? Set(owner, value) : owner;
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, TOwner owner)
    {
        if (Get(owner, out var value))
        {
            json.WritePropertyName(Name);
            Kind.Write(json, value);
        }
        else if (IsShownAsNull)
        {
            json.WriteNull(Name);
        }
    }

    /// <inheritdoc />
    protected override IOpenApiSchema Describe() => Kind.Describe();
}

/// <summary>A member of a part of what is answered, which is answered among the members of the whole.</summary>
/// <typeparam name="TOwner">The whole.</typeparam>
/// <typeparam name="TPart">The part.</typeparam>
/// <param name="member">The part's member.</param>
/// <param name="get">The whole's part.</param>
internal sealed class MemberOfPart<TOwner, TPart>(Member<TPart> member, Func<TOwner, TPart> get) : Member<TOwner>
{
    /// <inheritdoc />
    public override MergeValue? Merge => null;

    /// <inheritdoc />
    protected override string? Note => null;

    /// <inheritdoc />
    protected override JsonNode? Default => null;

    /// <inheritdoc />
    public override TOwner Read(ObjectReader reader, TOwner owner) => throw new NotSupportedException("This is answered only.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter json, TOwner owner) => member.Write(json, get(owner));

    /// <inheritdoc />
    public override IOpenApiSchema Schema(bool mayBeNull, bool withDefault) => member.Schema(mayBeNull, withDefault: false);

    /// <inheritdoc />
    protected override IOpenApiSchema Describe() => member.Schema(mayBeNull: false, withDefault: false);
}
