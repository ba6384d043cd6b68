using System.Collections.Concurrent;
using Akka.Actor;
using Scheduler.Actors.Timing;

namespace Scheduler.Tests.Support;

/// <summary>A wait for an instant that somebody asked for.</summary>
/// <param name="At">The instant.</param>
/// <param name="Target">Who is told.</param>
/// <param name="Message">What.</param>
/// <param name="IsPrecise">Whether it is the last stretch.</param>
public sealed record ArmedTimer(DateTimeOffset At, IActorRef Target, object Message, bool IsPrecise);

/// <summary>Timers that go by a spec's own clock, so that one clock moves everything.</summary>
public sealed class ClockTimers(WatchedClock clock, IScheduler scheduler) : IJobTimers
{
    /// <summary>A timer that nobody holds is collected, and never ends.</summary>
    private readonly ConcurrentBag<ITimer> _timers = [];

    /// <summary>All waits that were ever asked for.</summary>
    public Recorded<ArmedTimer> Armed { get; } = new("a timer");

    /// <inheritdoc />
    public ICancelable TellAt(DateTimeOffset at, IActorRef target, object message)
    {
        var timer = new ArmedTimer(at, target, message, IsPrecise: false);
        var cancelable = new Cancelable(scheduler);
        Wait(at, () =>
        {
            if (!cancelable.IsCancellationRequested)
                Fire(timer);
        });
        Armed.Add(timer);
        return cancelable;
    }

    /// <inheritdoc />
    public void TellPrecisely(DateTimeOffset at, IActorRef target, object message)
    {
        var timer = new ArmedTimer(at, target, message, IsPrecise: true);
        WaitFor(timer);
        Armed.Add(timer);
    }

    /// <summary>Fires a timer whatever the clock says, as a timer may whose clock was set meanwhile.</summary>
    public static void Fire(ArmedTimer timer) => timer.Target.Tell(timer.Message, ActorRefs.NoSender);

    private void WaitFor(ArmedTimer timer) => Wait(timer.At, () =>
    {
        if (clock.GetUtcNow() < timer.At)
            WaitFor(timer);
        else
            Fire(timer);
    });

    private void Wait(DateTimeOffset at, Action then)
    {
        var wait = at - clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            then();
            return;
        }

        var ended = 0;
        _timers.Add(clock.CreateTimer(_ => End(), state: null, wait, Timeout.InfiniteTimeSpan));

        // The clock may have been moved since it was read, and the wait would begin from there.
        if (clock.GetUtcNow() >= at)
            End();

        void End()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                then();
        }
    }
}
