using Akka.Actor.Setup;

namespace Scheduler.Persistence.Store;

/// <summary>Gives the persistence plugins of an actor system their clock; without it they use the machine's.</summary>
/// <param name="time">The clock.</param>
public sealed class PersistenceTimeSetup(TimeProvider time) : Setup
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;
}
