namespace Scheduler.Actors.Execution;

/// <summary>Why nothing starts on a node.</summary>
public enum StartStop
{
    /// <summary>The node is about to end, or to leave its cluster. Nothing lifts this.</summary>
    Draining,

    /// <summary>The node's clock is off by more than is allowed, so that it does not know what is due.</summary>
    Clock,
}

/// <summary>A reason for which nothing starts on a node.</summary>
/// <param name="Stop">Which.</param>
/// <param name="Because">A clause that says more, for people: <c>its clock is 7.2 s ahead of the database's</c>.</param>
/// <param name="Since">When it was first given; the node's clock.</param>
public sealed record StopReason(StartStop Stop, string Because, DateTimeOffset Since);

/// <summary>
/// Whether attempts may start on this node. Every start passes it, whatever brought it about: nobody is given a permit while it is closed, and
/// an attempt that was stored as started and has not called its target yet is handed back as one that never began. What runs goes on. Safe for
/// any number of threads.
/// </summary>
/// <param name="clock">The clock.</param>
public sealed class StartGate(TimeProvider clock)
{
    private readonly Lock _changing = new();
    private readonly List<Action> _watchers = [];
    private volatile IReadOnlyList<StopReason> _reasons = [];

    /// <summary>Whether attempts may start.</summary>
    public bool IsOpen => _reasons.Count == 0;

    /// <summary>All that it is closed for, the first given first; empty while it is open.</summary>
    public IReadOnlyList<StopReason> Reasons => _reasons;

    /// <summary>Whether that is a reason for which it is closed.</summary>
    public bool IsClosedFor(StartStop stop) => _reasons.Any(r => r.Stop == stop);

    /// <summary>Closes it for that reason; one that was given before gets the new words, and keeps its time.</summary>
    /// <param name="stop">The reason.</param>
    /// <param name="because">See <see cref="StopReason.Because"/>.</param>
    public void Close(StartStop stop, string because)
    {
        lock (_changing)
        {
            var before = _reasons.FirstOrDefault(r => r.Stop == stop);
            var now = new StopReason(stop, because, before?.Since ?? clock.GetUtcNow());
            Change(before is null ? [.. _reasons, now] : [.. _reasons.Select(r => r == before ? now : r)]);
        }
    }

    /// <summary>That reason holds no more. It opens with the last of them.</summary>
    /// <exception cref="ArgumentException">The reason is one that nothing lifts.</exception>
    public void Lift(StartStop stop)
    {
        if (stop is StartStop.Draining)
            throw new ArgumentException("A node that drains does not come back.", nameof(stop));
        lock (_changing)
            Change([.. _reasons.Where(r => r.Stop != stop)]);
    }

    /// <summary>Calls <paramref name="changed"/> whenever it opens or closes, on any thread, until what is returned is disposed of.</summary>
    /// <param name="changed">Returns at once, and looks at <see cref="IsOpen"/> for what is true by then.</param>
    public IDisposable Watch(Action changed)
    {
        lock (_changing)
            _watchers.Add(changed);
        return new Watching(this, changed);
    }

    private void Change(IReadOnlyList<StopReason> reasons)
    {
        var wasOpen = IsOpen;
        _reasons = reasons;
        if (IsOpen == wasOpen)
            return;
        foreach (var watcher in _watchers)
            watcher();
    }

    private sealed class Watching(StartGate gate, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (gate._changing)
                gate._watchers.Remove(changed);
        }
    }
}
