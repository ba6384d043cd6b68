using System.Text.Json;
using Microsoft.OpenApi;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Declaring;

/// <summary>
/// What a JSON object of this API may hold. Each member is declared once; requests are read, answers written, patches merged and schemas
/// made from that, so none of them can say anything else.
/// </summary>
/// <typeparam name="T">What the object becomes: a record, whose values are the members' defaults.</typeparam>
/// <param name="component">The schema's name.</param>
/// <param name="meaning">What it is, in a sentence.</param>
/// <param name="start">What it is when nothing is sent.</param>
internal sealed class Declaration<T>(string component, string meaning, T start)
{
    private readonly List<Member<T>> _members = [];

    private Func<ObjectReader, T, T> _complete = (_, value) => value;

    /// <summary>The schema's name.</summary>
    public string Component => component;

    /// <summary>What it is, in a sentence.</summary>
    public string Meaning => meaning;

    /// <summary>The members, in the order in which they are answered.</summary>
    public IReadOnlyList<Member<T>> Members => _members;

    /// <summary>The members' names.</summary>
    public string[] Names => field ??= [.. _members.Select(m => m.Name)];

    /// <summary>Whether answers have a null for what there is not.</summary>
    public bool ShowsNulls { get; init; }

    /// <summary>Whether it is something that is sent; otherwise it is answered only, and then has all of its members.</summary>
    public bool IsSent { get; init; } = true;

    /// <summary>Adds a member that must be sent.</summary>
    public Declaration<T> Required<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue> get, Func<T, TValue, T> set, string? example = null) =>
        Always(Presence.Required, name, kind, means, get, set, example);

    /// <summary>Adds a member that has a value when it is left out: the one that the start has.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Which values it may have.</param>
    /// <param name="means">What it means.</param>
    /// <param name="get">Its value.</param>
    /// <param name="set">The object with another value.</param>
    /// <param name="onlyWith">What it goes with; null for all.</param>
    /// <param name="unless">When answers leave it out, since it says nothing; null for never.</param>
    /// <param name="example">A value, as JSON.</param>
    public Declaration<T> Defaulted<TValue>(
        string name,
        Kind<TValue> kind,
        string means,
        Func<T, TValue> get,
        Func<T, TValue, T> set,
        Condition<T>? onlyWith = null,
        Func<T, bool>? unless = null,
        string? example = null) =>
        Add(new Member<T, TValue>
        {
            Name = name,
            Meaning = means,
            Presence = Presence.Defaulted,
            Kind = kind,
            Get = (T owner, out TValue value) =>
            {
                value = get(owner);
                return unless?.Invoke(owner) is not true;
            },
            Set = set,
            Otherwise = () => get(start),
            OnlyWith = onlyWith,
            Example = example,
        });

    /// <summary>Adds a member that is always answered, and that may be left out where something else is sent for it.</summary>
    public Declaration<T> Expected<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue> get, Func<T, TValue, T> set) =>
        Always(Presence.Defaulted, name, kind, means, get, set, example: null);

    /// <summary>Adds a member that is nothing when it is left out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Which values it may have.</param>
    /// <param name="means">What it means.</param>
    /// <param name="get">Its value; null for nothing.</param>
    /// <param name="set">The object with another value.</param>
    /// <param name="onlyWith">What it goes with; null for all.</param>
    /// <param name="showsNull">Whether answers have a null for nothing.</param>
    /// <param name="example">A value, as JSON.</param>
    public Declaration<T> Optional<TValue>(
        string name,
        Kind<TValue> kind,
        string means,
        Func<T, TValue?> get,
        Func<T, TValue, T> set,
        Condition<T>? onlyWith = null,
        bool showsNull = false,
        string? example = null)
        where TValue : struct => Add(new Member<T, TValue>
        {
            Name = name,
            Meaning = means,
            Presence = Presence.Optional,
            Kind = kind,
            Get = (T owner, out TValue value) =>
            {
                var got = get(owner);
                value = got.GetValueOrDefault();
                return got is not null;
            },
            Set = set,
            OnlyWith = onlyWith,
            IsShownAsNull = showsNull || ShowsNulls,
            Example = example,
        });

    /// <summary>Adds a member that is nothing when it is left out.</summary>
    public Declaration<T> Optional<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue?> get, Func<T, TValue, T> set, string? example = null)
        where TValue : class => Add(new Member<T, TValue>
        {
            Name = name,
            Meaning = means,
            Presence = Presence.Optional,
            Kind = kind,
            Get = (T owner, out TValue value) => (value = get(owner)!) is not null,
            Set = set,
            IsShownAsNull = ShowsNulls,
            Example = example,
        });

    /// <summary>Adds another name that a value may be sent under, and is never answered under.</summary>
    public Declaration<T> OnlySent<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue, T> set) =>
        Add(new Member<T, TValue>
        {
            Name = name,
            Meaning = means,
            Presence = Presence.Optional,
            Kind = kind,
            Get = (T _, out TValue value) =>
            {
                value = default!;
                return false;
            },
            Set = set,
            IsOnlySent = true,
        });

    /// <summary>Adds a member that is answered only.</summary>
    public Declaration<T> Shown<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue> get) =>
        Required(name, kind, means, get, OnlyShown<TValue>);

    /// <summary>Adds a member that is answered only; null for nothing.</summary>
    public Declaration<T> ShownOrNull<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue?> get)
        where TValue : struct => Optional(name, kind, means, get, OnlyShown<TValue>);

    /// <summary>Adds a member that is answered only; null for nothing.</summary>
    public Declaration<T> ShownOrNull<TValue>(string name, Kind<TValue> kind, string means, Func<T, TValue?> get)
        where TValue : class => Optional(name, kind, means, get, OnlyShown<TValue>);

    /// <summary>Adds all members of a part, as they are answered.</summary>
    public Declaration<T> Shown<TPart>(Declaration<TPart> part, Func<T, TPart> get)
    {
        _members.AddRange(part._members.Where(m => !m.IsOnlySent).Select(m => new MemberOfPart<T, TPart>(m, get)
        {
            Name = m.Name,
            Meaning = m.Meaning,
            Presence = m.Presence is Presence.Optional ? Presence.Optional : Presence.Required,
            IsShownAsNull = m.IsShownAsNull,
        }));
        return this;
    }

    /// <summary>Adds what must hold between members, and what follows from them.</summary>
    /// <param name="complete">Gets the reader, and what was read; gives what it is then.</param>
    public Declaration<T> Completed(Func<ObjectReader, T, T> complete)
    {
        _complete = complete;
        return this;
    }

    /// <summary>The same with some of the members only.</summary>
    public Declaration<T> Only(params string[] names)
    {
        var some = new Declaration<T>(component, meaning, start) { ShowsNulls = ShowsNulls };
        some._members.AddRange(_members.Where(m => names.Contains(m.Name)));
        return some.Completed(_complete);
    }

    /// <summary>Reads an object; what is wrong with it is noted.</summary>
    public T Read(ObjectReader reader)
    {
        var value = start;
        foreach (var member in _members)
            value = member.Read(reader, value);
        foreach (var member in _members)
        {
            if (member.OnlyWith is { } with && !with.Holds(value) && reader.TryGet(member.Name, out _))
                reader.Error(member.Name, $"goes only with the {with.Decider} '{with.Word}', not with '{with.Actual(value)}'");
        }

        return _complete(reader, value);
    }

    /// <summary>Writes the members.</summary>
    public void Write(Utf8JsonWriter json, T value)
    {
        foreach (var member in _members)
        {
            if (!member.IsOnlySent && member.OnlyWith?.Holds(value) is not false)
                member.Write(json, value);
        }
    }

    /// <summary>The kind of a member that is such an object. A patch is merged into it; what went only with another word goes.</summary>
    public Kind<T> AsKind() => new(
        (reader, name, out value) =>
        {
            var isThere = reader.TryObject(name, Names, out var inner);
            value = isThere ? Read(inner) : start;
            return isThere;
        },
        (json, value) =>
        {
            json.WriteStartObject();
            Write(json, value);
            json.WriteEndObject();
        },
        () => Shape.Of(component))
    {
        Merge = (current, patch) => MergePatch.Members(current, patch, _members.Where(m => m.OnlyWith is not null).Select(m => (m.Name, m.OnlyWith!.Decider, m.OnlyWith.Word))),
    };

    /// <summary>
    /// The schema. A default is said where the member goes with everything, since generated clients send it. Null counts as left out, and is one
    /// of a member's values where that is nothing else.
    /// </summary>
    public OpenApiSchema Schema() => Shape.Closed(
        meaning,
        _members.Where(m => m.Presence is Presence.Required || !IsSent).Select(m => m.Name),
        _members.Select(m => KeyValuePair.Create(
            m.Name, m.Schema(mayBeNull: m.Presence is Presence.Optional || m.OnlyWith is not null, withDefault: m.OnlyWith is null))));

    /// <summary>The schema of a patch of it: everything may be left out, and what is not required may be removed.</summary>
    public OpenApiSchema PatchSchema(string what) => Shape.Closed(
        what,
        required: [],
        _members.Select(m => KeyValuePair.Create(m.Name, m.Schema(mayBeNull: m.Presence is not Presence.Required, withDefault: false))));

    private static T OnlyShown<TValue>(T owner, TValue value) => throw new NotSupportedException("This is answered only.");

    /// <summary>Adds a member that every answer has.</summary>
    private Declaration<T> Always<TValue>(
        Presence presence, string name, Kind<TValue> kind, string means, Func<T, TValue> get, Func<T, TValue, T> set, string? example) =>
        Add(new Member<T, TValue>
        {
            Name = name,
            Meaning = means,
            Presence = presence,
            Kind = kind,
            Get = (T owner, out TValue value) =>
            {
                value = get(owner);
                return true;
            },
            Set = set,
            Example = example,
        });

    private Declaration<T> Add(Member<T> member)
    {
        _members.Add(member);
        return this;
    }
}
