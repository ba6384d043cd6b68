using System.Collections.Concurrent;

namespace Scheduler.Actors.Logging;

/// <summary>
/// Thins out what everybody says at once when the store is away: a line a kind and <see cref="Interval"/>, with how many were left out (2026-11: 200 jobs
/// whose data folder was deleted wrote fifty lines a second, each with its stack).
/// </summary>
/// <param name="clock">Measures the time.</param>
public sealed class OutageLog(TimeProvider clock)
{
    /// <summary>How long one line stands for all of its kind.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether to say something now.</summary>
    /// <param name="kind">What.</param>
    /// <param name="leftOut">To be put behind it: how many of the kind were not said since the last that was; empty for none.</param>
    public bool Says(string kind, out string leftOut) => _kinds.GetOrAdd(kind, static (_, clock) => new Kind(clock), clock).Says(out leftOut);

    private sealed class Kind(TimeProvider clock)
    {
        private readonly Lock _saying = new();
        private long? _saidAt;
        private int _leftOut;

        public bool Says(out string leftOut)
        {
            lock (_saying)
            {
                leftOut = "";
                if (_saidAt is { } said && clock.GetElapsedTime(said) < Interval)
                {
                    _leftOut++;
                    return false;
                }

                if (_leftOut > 0)
                    leftOut = $" ({_leftOut:N0} more like it were left out)";
                (_saidAt, _leftOut) = (clock.GetTimestamp(), 0);
                return true;
            }
        }
    }
}
