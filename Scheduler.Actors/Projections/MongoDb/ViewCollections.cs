using System.Globalization;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The names of the collections.</summary>
internal static class ViewCollections
{
    public const string Meta = "view_meta";

    private static readonly string[] Prefixes = ["jobs_", "runs_", "view_offsets_", "view_set_aside_"];

    public static string Jobs(long tables) => Name(Prefixes[0], tables);

    public static string Runs(long tables) => Name(Prefixes[1], tables);

    public static string Offsets(long tables) => Name(Prefixes[2], tables);

    public static string SetAside(long tables) => Name(Prefixes[3], tables);

    /// <summary>The set that a collection belongs to; null when it is none of these.</summary>
    public static long? SetOf(string name) =>
        Prefixes.FirstOrDefault(p => name.StartsWith(p, StringComparison.Ordinal)) is { } prefix
        && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var tables)
            ? tables
            : null;

    private static string Name(string prefix, long tables) => prefix + tables.ToString(CultureInfo.InvariantCulture);
}
