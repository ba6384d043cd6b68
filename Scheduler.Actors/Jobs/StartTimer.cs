using Akka.Actor;

namespace Scheduler.Actors.Jobs;

/// <summary>One incarnation's timer: it goes off shortly before the job's next start.</summary>
internal sealed class StartTimer(JobEnvironment environment, IActorRef self)
{
    private ICancelable? _timer;
    private DateTimeOffset? _at;

    /// <summary>Sets it. A start that is due and was not settled waits for the run before it, whose end sets it going: a timer for it would only spin.</summary>
    public void Set(DateTimeOffset start, DateTimeOffset now)
    {
        var at = start - environment.Timing.Lead > now ? start - environment.Timing.Lead : start;
        if (_at == at || at <= now)
            return;
        _timer?.Cancel();
        _at = at;
        _timer = environment.Timers.TellAt(at, self, new WentOff(at));
    }

    /// <summary>It went off, or one did that was set before it.</summary>
    public void Took(WentOff timer)
    {
        if (_at == timer.At)
            _at = null;
    }

    /// <summary>Cancels it.</summary>
    public void Cancel() => _timer?.Cancel();

    /// <summary>What the timer sends.</summary>
    public sealed record WentOff(DateTimeOffset At);
}
