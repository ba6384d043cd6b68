using System.Globalization;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// Finds a message's job and its shard. Our own, because Akka's <c>HashCodeMessageExtractor</c> takes <c>Math.Abs</c> of a hash that may
/// be <see cref="int.MinValue"/> (<see cref="JobId.Shard"/>). Envelopes of sharding itself never get here.
/// </summary>
public sealed class JobMessageExtractor : IMessageExtractor
{
    private static readonly string[] ShardNames = [.. Enumerable.Range(0, JobId.Shards).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc />
    public string? EntityId(object message) => (message as IJobMessage)?.JobId.Value;

    /// <inheritdoc />
    public object? EntityMessage(object message) => message;

    /// <inheritdoc />
    public string? ShardId(object message) => message is IJobMessage m ? ShardNames[m.JobId.Shard] : null;

    /// <inheritdoc />
    public string ShardId(string entityId, object? messageHint = null) =>
        ShardNames[messageHint is IJobMessage m ? m.JobId.Shard : JobId.Parse(entityId).Shard];
}
