using System.Diagnostics;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// What waits for the view writer's thread. Rows, and whatever else a caller waits for, are handed over at once, with all that waits beside
/// them. Small steps of projections, which nobody waits for, are gathered: each of them changes pages that the others change too, and a
/// page is written once a transaction (2026-11: 75 KB a run of an every-second job without this, 47 with).
/// </summary>
/// <param name="gathering">How long the first step waits for others; zero: not at all.</param>
internal sealed class ViewQueue(TimeSpan gathering)
{
    /// <summary>Rows of waiting steps that are worth a transaction: a projection that catches up is not held up.</summary>
    internal const int EnoughRows = 256;

    private readonly Lock _adding = new();
    private readonly SemaphoreSlim _ready = new(0, 1);
    private List<object> _waiting = [];
    private int _rows;
    private long _since;
    private bool _isHurried;
    private bool _isClosed;

    /// <summary>Adds a <see cref="RowWrite"/> or a <see cref="ViewRequest"/>; false when the queue is closed.</summary>
    public bool TryAdd(object request)
    {
        bool wake;
        lock (_adding)
        {
            if (_isClosed)
                return false;
            if (_waiting.Count == 0)
                _since = Stopwatch.GetTimestamp();
            _waiting.Add(request);
            // The thread is woken for the first, to begin its waiting, and once more when that ends early.
            wake = _waiting.Count == 1;
            if (!_isHurried && IsHurried(request))
                wake = _isHurried = true;
            if (wake && _ready.CurrentCount == 0)
                _ready.Release();
        }

        return true;
    }

    /// <summary>Nothing more is taken; what waits is handed over.</summary>
    public void Close()
    {
        lock (_adding)
        {
            _isClosed = _isHurried = true;
            if (_ready.CurrentCount == 0)
                _ready.Release();
        }
    }

    /// <summary>Waits until something is to be written. For one thread.</summary>
    /// <param name="spare">An empty list, which the next requests go into.</param>
    /// <returns>The requests, in their order; none when the queue is closed and empty.</returns>
    public List<object> Take(List<object> spare)
    {
        while (true)
        {
            TimeSpan left;
            lock (_adding)
            {
                left = _waiting.Count == 0 ? Timeout.InfiniteTimeSpan : gathering - Stopwatch.GetElapsedTime(_since);
                if (_isHurried || (_waiting.Count > 0 && left <= TimeSpan.Zero))
                {
                    (var taken, _waiting) = (_waiting, spare);
                    (_rows, _isHurried) = (0, _isClosed);
                    return taken;
                }
            }

            // Timeouts of a few milliseconds are rounded up by no more than one.
            _ready.Wait(left);
        }
    }

    private bool IsHurried(object request) => request is not StepRequest { Step: var step } || (_rows += 1 + step.Jobs.Count + step.Runs.Count) >= EnoughRows;
}
