using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Tags in one column: NULL for an event that was not tagged, the bare tag for one, and for several (or none) each followed by a
/// separator, after a leading one.
/// </summary>
internal static class SqliteTags
{
    private const char Separator = EventTags.Reserved;

    private static readonly string s_none = Separator.ToString();

    public static string? Encode(IReadOnlyList<string>? tags) => tags switch
    {
        null => null,
        { Count: 0 } => s_none,
        { Count: 1 } => tags[0],
        _ => $"{Separator}{string.Join(Separator, tags)}{Separator}",
    };

    public static IReadOnlyList<string>? Decode(string? column) => column switch
    {
        null => null,
        _ when column == s_none => [],
        [Separator, ..] => column.Split(Separator, StringSplitOptions.RemoveEmptyEntries),
        _ => [column],
    };

    /// <summary>What to look for in a column of several tags.</summary>
    public static string Within(string tag) => $"{Separator}{tag}{Separator}";
}
