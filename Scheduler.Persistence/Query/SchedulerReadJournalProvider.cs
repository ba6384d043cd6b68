using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;

namespace Scheduler.Persistence.Query;

/// <summary>Makes the read journal of an actor system; named by the plugin's <c>class</c> setting.</summary>
/// <param name="system">The actor system.</param>
/// <param name="config">The plugin's configuration.</param>
public sealed class SchedulerReadJournalProvider(ExtendedActorSystem system, Config config) : IReadJournalProvider
{
    /// <inheritdoc />
    public IReadJournal GetReadJournal() => new SchedulerReadJournal(system, config);
}
