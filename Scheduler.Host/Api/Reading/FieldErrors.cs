namespace Scheduler.Host.Api.Reading;

/// <summary>Collects what is wrong with a request, so that the client learns all of it at once.</summary>
internal sealed class FieldErrors
{
    /// <summary>An answer stays readable, whatever was sent: a million unknown fields are not all named.</summary>
    private const int MostPaths = 100;

    private const int LongestPath = 200;

    /// <summary>The same for one field: a text may have 80,000 placeholders that are none.</summary>
    private const int MostOfOne = 10;

    private int _count;

    private Dictionary<string, List<string>>? _errors;

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsEmpty => _errors is null;

    /// <summary>Whether something is wrong with a field itself.</summary>
    public bool Has(string path) => _errors?.ContainsKey(path) is true;

    /// <summary>Notes an error.</summary>
    /// <param name="path">The field: <c>retry.max_attempts</c>.</param>
    /// <param name="message">What it must be.</param>
    public void Add(string path, string message)
    {
        _errors ??= new(StringComparer.Ordinal);
        _count++;
        if (path.Length > LongestPath)
            path = string.Concat(path.AsSpan(0, LongestPath), "…");
        if (_errors.TryGetValue(path, out var messages))
        {
            if (messages.Count < MostOfOne)
                messages.Add(message);
        }
        else if (_errors.Count < MostPaths)
            _errors.Add(path, [message]);
    }

    /// <summary>Ends the request when something is wrong.</summary>
    /// <param name="what">What was read, to begin a sentence with.</param>
    public void ThrowIfAny(string what = "The request's body")
    {
        if (_errors is not null)
            throw Problems.Invalid(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal), what, _count);
    }
}
