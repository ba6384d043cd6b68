using Akka.Actor;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Retention;

/// <summary>What retention works with.</summary>
/// <param name="Clock">Tells the time.</param>
/// <param name="Options">What is kept.</param>
/// <param name="Views">Where rows are removed.</param>
/// <param name="Jobs">The shard region: a job is deleted by itself.</param>
/// <param name="Log">Told of failures.</param>
public sealed record RetentionEnvironment(TimeProvider Clock, RetentionOptions Options, IViewRetention Views, IActorRef Jobs, ILogger Log)
{
    /// <summary>Trims the journals of deleted jobs; null where they are kept.</summary>
    public JournalTrimEnvironment? Trim { get; init; }
}
