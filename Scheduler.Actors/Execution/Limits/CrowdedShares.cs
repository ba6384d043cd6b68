namespace Scheduler.Actors.Execution.Limits;

/// <summary>Shares that refused somebody, in the order of how many runs hold them. Each step takes logarithmic time.</summary>
internal sealed class CrowdedShares
{
    private readonly Dictionary<RunLimit, int> _running = [];
    private readonly SortedSet<(int Running, RunLimit Share)> _order = new(
        Comparer<(int Running, RunLimit Share)>.Create(static (a, b) =>
            a.Running != b.Running ? a.Running.CompareTo(b.Running)
            : a.Share.On != b.Share.On ? a.Share.On.CompareTo(b.Share.On)
            : string.CompareOrdinal(a.Share.Name, b.Share.Name)));

    /// <summary>The one that the fewest runs hold; null for none.</summary>
    public (int Running, RunLimit Share)? Least => _order.Count == 0 ? null : _order.Min;

    /// <summary>Whether that one is among them.</summary>
    public bool Has(RunLimit share) => _running.ContainsKey(share);

    /// <summary>So many runs hold it now.</summary>
    public void Set(RunLimit share, int running)
    {
        if (_running.TryGetValue(share, out var before))
        {
            if (before == running)
                return;
            _order.Remove((before, share));
        }

        _running[share] = running;
        _order.Add((running, share));
    }

    /// <summary>Takes one out.</summary>
    public void Remove(RunLimit share)
    {
        if (_running.Remove(share, out var running))
            _order.Remove((running, share));
    }
}
