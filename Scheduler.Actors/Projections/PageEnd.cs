namespace Scheduler.Actors.Projections;

/// <summary>Where a page ended. What no index finds is looked for among so many rows at once, so a page may be short, or empty, and not the last.</summary>
/// <typeparam name="TPosition">A position in the list's order.</typeparam>
/// <param name="HasMore">Whether more rows may follow.</param>
/// <param name="LookedTo">Where to go on: the last row that was taken, or, further on, how far was looked; null when nothing follows.</param>
/// <param name="IsCutShort">Whether it ended because so many rows had been looked at, and not because it was full.</param>
public sealed record PageEnd<TPosition>(bool HasMore, TPosition? LookedTo, bool IsCutShort = false)
    where TPosition : class
{
    /// <summary>Nothing follows.</summary>
    public static PageEnd<TPosition> Last { get; } = new(HasMore: false, LookedTo: null);

    /// <summary>The page is full.</summary>
    /// <param name="last">The last row that was taken; null when none was.</param>
    public static PageEnd<TPosition> Full(TPosition? last) => new(HasMore: true, last);

    /// <summary>So many rows had been looked at.</summary>
    /// <param name="to">The last of them.</param>
    public static PageEnd<TPosition> CutShort(TPosition to) => new(HasMore: true, to, IsCutShort: true);
}
