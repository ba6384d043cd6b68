using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>How many occurrences were skipped, by reason.</summary>
internal sealed class SkipTotals
{
    private readonly SortedDictionary<SkipReason, long?> _byReason = [];

    /// <summary>None was.</summary>
    public SkipTotals()
    {
    }

    /// <summary>Goes on from those.</summary>
    public SkipTotals(IEnumerable<SkippedPast> past)
    {
        foreach (var (why, count) in past)
            _byReason.Add(why, count);
    }

    /// <summary>In the order of the reasons.</summary>
    public ValueList<SkippedPast> ByReason => ValueList.From(_byReason.Select(one => new SkippedPast(one.Key, one.Value)));

    /// <summary>All of them; null for too many to count.</summary>
    public long? All => _byReason.Values.Aggregate((long?)0, (all, count) => all + count);

    /// <summary>Counts some; null for too many to count.</summary>
    public void Add(SkipReason why, long? count) => _byReason[why] = _byReason.TryGetValue(why, out var before) ? before + count : count;
}
