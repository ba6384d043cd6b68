using Microsoft.Extensions.Time.Testing;

namespace Scheduler.Tests.Support;

/// <summary>The one clock that a spec moves. Tells which waits were begun on it, so that it is moved only when they are.</summary>
public sealed class WatchedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>The lengths of all waits begun: time-outs, grace times, delays, timers.</summary>
    public Recorded<TimeSpan> Waits { get; } = new("a wait on the clock");

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Waits.Add(dueTime);
        return timer;
    }
}
