namespace Scheduler.Persistence.Events;

/// <summary>What tags may be.</summary>
internal static class EventTags
{
    /// <summary>ASCII's unit separator, which stores may use to keep several tags in one column; no tag contains it.</summary>
    public const char Reserved = '\u001f';

    /// <summary>True for a tag that every store can keep.</summary>
    public static bool IsValid(string tag) => tag.Length > 0 && !tag.Contains(Reserved, StringComparison.Ordinal);
}
