using System.Globalization;
using Scheduler.Host.Text;

namespace Scheduler.Host.Configuration;

/// <summary>
/// Reads one section of the configuration, key by key, and notes each value that is not allowed with its key, the value and what is
/// allowed. An empty value counts as none.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration, string section)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong, a sentence each.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The keys that were asked for.</summary>
    public IReadOnlyCollection<string> Known => _known;

    /// <summary>Text as it is.</summary>
    public string Text(string key, string otherwise) => Find(key) ?? otherwise;

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int least, int most, int otherwise)
    {
        if (Find(key) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Refuse(key, text, $"a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>A duration within bounds.</summary>
    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most, TimeSpan otherwise) => Duration(key, least, most) ?? otherwise;

    /// <summary>A duration within bounds; null when there is none.</summary>
    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan most)
    {
        if (Find(key) is not { } text)
            return null;
        var isDuration = DurationText.TryParse(text, out var duration)
            || (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && DurationText.TryFromSeconds(seconds, out duration));
        if (isDuration && duration >= least && duration <= most)
            return duration;
        Refuse(key, text, $"{DurationText.Expected}, from {DurationText.Format(least)} to {DurationText.Format(most)}");
        return null;
    }

    /// <summary>The names of a key's children.</summary>
    public IReadOnlyList<string> Names(string key) => [.. configuration.GetSection($"{section}:{key}").GetChildren().Select(c => c.Key)];

    /// <summary>A list, written as items or as one text with commas.</summary>
    public IReadOnlyList<string> List(string key, IReadOnlyList<string> otherwise)
    {
        var items = configuration.GetSection($"{section}:{key}").GetChildren().ToList();
        if (items.Count > 0)
        {
            foreach (var item in items)
                _known.Add($"{key}:{item.Key}");
            return [.. items.Select(i => i.Value ?? "")];
        }

        return Find(key) is { } text ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : otherwise;
    }

    /// <summary>A number above 0; null when there is none.</summary>
    public double? Rate(string key)
    {
        if (Find(key) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0.001 and <= 1_000_000)
            return number;
        Refuse(key, text, "a number from 0.001 to 1000000");
        return null;
    }

    /// <summary>The keys of a list's items, each of which has keys of its own.</summary>
    public IReadOnlyList<string> Items(string key) => [.. configuration.GetSection($"{section}:{key}").GetChildren().Select(item => $"{key}:{item.Key}")];

    /// <summary>Whether a key has a value.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Notes that a value is not allowed.</summary>
    public void Refuse(string key, string value, string allowed) => Errors.Add($"{section}:{key} is '{value}'; it must be {allowed}.");

    /// <summary>Notes that a value is not allowed which may hold a password: it is not repeated.</summary>
    public void RefuseSecret(string key, string fault, string allowed) => Errors.Add($"{section}:{key} {fault}; it must be {allowed}.");

    /// <summary>Notes each key of the section that nobody read: a typing error that would be dropped silently.</summary>
    public void RefuseUnknown()
    {
        foreach (var (path, value) in configuration.GetSection(section).AsEnumerable(makePathsRelative: true))
        {
            if (value is null || path.Length == 0 || _known.Contains(path))
                continue;
            var nearest = NearestName.Find(path, _known);
            Errors.Add($"{section}:{path} is not a known key; {(nearest is null ? $"known: {string.Join(", ", _known.Order(StringComparer.Ordinal))}" : $"did you mean {section}:{nearest}?")}");
        }
    }

    private string? Find(string key)
    {
        _known.Add(key);
        return configuration[$"{section}:{key}"] is { Length: > 0 } text ? text : null;
    }
}
