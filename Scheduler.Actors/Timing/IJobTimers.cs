using Akka.Actor;

namespace Scheduler.Actors.Timing;

/// <summary>
/// The one port through which anything waits for an instant, so that specs move one clock. Waits may end early or late with respect to a
/// clock that was set meanwhile: whoever is told looks at the clock again.
/// </summary>
public interface IJobTimers
{
    /// <summary>Tells <paramref name="message"/> at about <paramref name="at"/>: some 20 ms late at most. Cheap in any number.</summary>
    ICancelable TellAt(DateTimeOffset at, IActorRef target, object message);

    /// <summary>Tells <paramref name="message"/> within about a millisecond after <paramref name="at"/>; for the last stretch only.</summary>
    void TellPrecisely(DateTimeOffset at, IActorRef target, object message);
}
