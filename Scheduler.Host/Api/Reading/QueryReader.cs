using System.Globalization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads a request's query parameters and notes what is wrong with each, unknown ones included.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection _query;
    private readonly FieldErrors _errors = new();

    /// <summary>Begins to read.</summary>
    /// <param name="query">The parameters.</param>
    /// <param name="known">The names of all that there are.</param>
    public QueryReader(IQueryCollection query, string[] known)
    {
        _query = query;
        foreach (var name in query.Keys)
        {
            if (Array.IndexOf(known, name) >= 0)
                continue;
            _errors.Add(name, NearestName.Find(name, known) is { } nearest
                ? $"is not a known parameter; did you mean '{nearest}'?"
                : $"is not a known parameter; {(known.Length == 0 ? "there are none here" : $"known here: {string.Join(", ", known)}")}");
        }
    }

    /// <summary>Notes an error of a parameter.</summary>
    public void Error(string name, string message) => _errors.Add(name, message);

    /// <summary>A parameter; null when it is left out, or empty.</summary>
    public string? Text(string name)
    {
        if (!_query.TryGetValue(name, out var values))
            return null;
        if (values.Count > 1)
            _errors.Add(name, "must be given once");
        return string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    /// <summary>A parameter that is one of some words.</summary>
    public T? OneOf<T>(string name, Words<T> words)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (words.TryParse(text, out var value))
            return value;
        _errors.Add(name, $"must be one of: {string.Join(", ", words.All)}");
        return null;
    }

    /// <summary>A parameter that is some of some words: with commas between them, or given more than once; empty when it is left out.</summary>
    public ValueList<T> SomeOf<T>(string name, Words<T> words)
        where T : struct, Enum
    {
        if (!_query.TryGetValue(name, out var values))
            return [];
        var found = new SortedSet<T>();
        foreach (var word in values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words.TryParse(word, out var value))
                found.Add(value);
            else
                _errors.Add(name, $"'{word}' is not one of: {string.Join(", ", words.All)}");
        }

        return ValueList.From(found);
    }

    /// <summary>A parameter that is a whole number within bounds.</summary>
    public long Number(string name, long least, long most, long otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        _errors.Add(name, $"must be a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>A parameter that is an instant.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (TryInstant(text, out var instant))
            return instant;
        _errors.Add(name, $"must be {InstantText.Expected}");
        return null;
    }

    /// <summary>A parameter that is a job's id.</summary>
    public JobId? Job(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (JobId.TryParse(text, out var id))
            return id;
        _errors.Add(name, "is no job's id");
        return null;
    }

    /// <summary>The cursor of a page, read by <paramref name="read"/>.</summary>
    public T? Cursor<T>(string name, Func<string, T?> read)
        where T : class
    {
        if (Text(name) is not { } text)
            return null;
        var cursor = read(text);
        if (cursor is null)
            _errors.Add(name, "is not a cursor of this list: follow the Link header's rel=\"next\" as it is");
        return cursor;
    }

    /// <summary>Reads an instant as it comes in a query.</summary>
    public static bool TryInstant(string text, out DateTimeOffset instant) =>
        InstantText.TryParse(text, out instant) || InstantText.TryParse(WithPlus(text), out instant);

    /// <summary>Ends the request when something is wrong.</summary>
    public void ThrowIfAny() => _errors.ThrowIfAny("The request's query");

    /// <summary>An offset's plus sign that was not escaped arrives as a space.</summary>
    private static string WithPlus(string text)
    {
        var space = text.LastIndexOf(' ');
        return space < 0 ? text : $"{text[..space]}+{text[(space + 1)..]}";
    }
}
