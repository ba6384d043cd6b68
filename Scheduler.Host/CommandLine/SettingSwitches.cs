using Scheduler.Host.Configuration;
using Scheduler.Host.Text;

namespace Scheduler.Host.CommandLine;

/// <summary>
/// Takes the settings out of a command line: <c>--KEY=VALUE</c>, or <c>--KEY VALUE</c>. The configuration's own reader ignores what nobody
/// asks for, and takes a switch for the value of the one before. Of two for one key the last one holds, so that a script can be given others.
/// </summary>
internal sealed class SettingSwitches
{
    private const string Prefix = "--";

    /// <summary>The parts after the first one that somebody reads; none where the section knows its own.</summary>
    private static readonly Dictionary<string, string[]> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [SchedulerSettingsReader.Section] = [],
        ["Logging"] = ["LogLevel", "Console"],
        ["Kestrel"] = ["Endpoints", "EndpointDefaults", "Certificates"],
    };

    /// <summary>Keys without a section.</summary>
    internal static readonly string[] Single = ["urls", "http_ports", "https_ports", "environment", "AllowedHosts"];

    private readonly HashSet<string> _ownSections;
    private readonly List<string> _settings = [];
    private readonly List<string> _rest = [];
    private readonly List<string> _errors = [];

    private SettingSwitches(IEnumerable<string> ownSections) => _ownSections = new(ownSections, StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings, each as <c>--KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> Settings => _settings;

    /// <summary>What is no setting: commands, their arguments and their options.</summary>
    public IReadOnlyList<string> Rest => _rest;

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Takes them.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="ownSections">The sections of the program that the scheduler runs in.</param>
    public static SettingSwitches Take(IReadOnlyList<string> args, IEnumerable<string> ownSections)
    {
        var taken = new SettingSwitches(ownSections);
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!IsSetting(name))
            {
                taken._rest.Add(args[i]);
                continue;
            }

            if (equals >= 0)
                taken.Add(name, args[i][(equals + 1)..]);
            else if (i + 1 < args.Count && !args[i + 1].StartsWith(Prefix, StringComparison.Ordinal))
                taken.Add(name, args[++i]);
            else
                taken._errors.Add($"{name} has no value. Write {name}=VALUE.");
        }

        return taken;
    }

    /// <summary>The setting that was meant by something that is none, as a switch; null when none is near.</summary>
    public static string? Nearest(string text)
    {
        var key = text.TrimStart('-', '/').Split('=')[0];
        var known = Single.Concat(SchedulerSettingsReader.Keys).ToList();
        var nearest = known.Find(k => k.EndsWith($":{key}", StringComparison.OrdinalIgnoreCase) || k.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? NearestName.Find(key, known);
        return nearest is null ? null : $"{Prefix}{nearest}";
    }

    private static bool IsSetting(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && (name.Contains(':', StringComparison.Ordinal) || Single.Contains(name[Prefix.Length..], StringComparer.OrdinalIgnoreCase));

    private void Add(string name, string value)
    {
        if (Unknown(name[Prefix.Length..]) is { } unknown)
            _errors.Add($"{name} is not a known switch; {unknown}");
        else
            _settings.Add($"{name}={value}");
    }

    /// <summary>What to write instead of a key that nobody reads; null for one that somebody does.</summary>
    private string? Unknown(string key)
    {
        if (Single.Contains(key, StringComparer.OrdinalIgnoreCase))
            return null;
        var parts = key.Split(':');
        if (_ownSections.Contains(parts[0]))
            return null;
        if (!Sections.TryGetValue(parts[0], out var known))
        {
            return Nearest(key) is { } nearest
                ? $"did you mean {nearest}?"
                : $"switches begin with one of: {string.Join(", ", Sections.Keys.Concat(_ownSections).Select(s => $"{Prefix}{s}:"))}.";
        }

        return known.Length == 0 || known.Contains(parts[1], StringComparer.OrdinalIgnoreCase)
            ? null
            : $"known there: {string.Join(", ", known.Select(k => $"{Prefix}{parts[0]}:{k}"))}.";
    }
}
