using Akka.Actor;

namespace Scheduler.Actors.Timing;

/// <summary>
/// Timers on Akka's scheduler for the long stretch and on one thread of its own for the last one. Akka's wheel ticks every 25 ms, and is one
/// or two ticks late; <see cref="System.Threading.Timer"/> counts in coarse kernel ticks and fires up to 3 ms early.
/// </summary>
public sealed class AkkaJobTimers : IJobTimers, IDisposable
{
    private readonly IScheduler _scheduler;
    private readonly TimeProvider _clock;
    private readonly PreciseTimerThread _precise;

    /// <summary>Starts the thread.</summary>
    public AkkaJobTimers(IScheduler scheduler, TimeProvider clock)
    {
        _scheduler = scheduler;
        _clock = clock;
        _precise = new PreciseTimerThread(clock);
    }

    /// <inheritdoc />
    public ICancelable TellAt(DateTimeOffset at, IActorRef target, object message)
    {
        var wait = at - _clock.GetUtcNow();
        return _scheduler.ScheduleTellOnceCancelable(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, target, message, ActorRefs.NoSender);
    }

    /// <inheritdoc />
    public void TellPrecisely(DateTimeOffset at, IActorRef target, object message) => _precise.Add(at, target, message);

    /// <inheritdoc />
    public void Dispose() => _precise.Dispose();
}
