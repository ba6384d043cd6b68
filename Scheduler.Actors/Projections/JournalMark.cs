namespace Scheduler.Actors.Projections;

/// <summary>Which journal views are made of, as far as the views compare it.</summary>
/// <param name="Journal">Given once to a journal.</param>
/// <param name="Start">Given anew whenever a process starts on it, and to each backup; null where several nodes start on one journal.</param>
/// <param name="Head">The highest offset in it.</param>
public sealed record JournalMark(string Journal, string? Start, long Head)
{
    /// <summary>Why views that were made of one journal can't be used with another; null when they can.</summary>
    /// <param name="journal">The journal that they are of; null where that was not noted.</param>
    /// <param name="starts">The starts that they may have been left at; none where that was not noted.</param>
    /// <param name="offset">The highest offset that is in them.</param>
    public string? Mismatch(string? journal, IReadOnlyCollection<string> starts, long offset)
    {
        if (journal is not null && journal != Journal)
            return "they were made from another journal";
        if (offset > Head)
            return $"the journal is older than the views: it ends at {Head}, and they go to {offset}";
        return Start is not null && starts.Count > 0 && !starts.Contains(Start, StringComparer.Ordinal)
            ? "the journal was put back from a copy that is older than the views, or the views were"
            : null;
    }
}

/// <summary>A set of tables that was made anew, and that the projections fill from the journal.</summary>
/// <param name="Since">When it was made.</param>
/// <param name="Reason">Why, for an operator.</param>
/// <param name="Until">It is whole when each slice's events up to this offset are in it.</param>
public sealed record ViewsFilling(DateTimeOffset Since, string Reason, long Until)
{
    /// <summary>One that begins now; its instant is as it is stored, in whole milliseconds.</summary>
    public static ViewsFilling Begin(DateTimeOffset now, string reason, long until) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()), reason, until);
}
