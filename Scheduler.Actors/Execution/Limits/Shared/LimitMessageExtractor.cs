using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>Finds a limit's shard by its name: one of as many as there are slices, so that limits are placed as those are.</summary>
internal sealed class LimitMessageExtractor : IMessageExtractor
{
    private static readonly string[] s_shards = [.. Enumerable.Range(0, JobId.Slices).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc />
    public string? EntityId(object message) => (message as ILimitMessage)?.Limit;

    /// <inheritdoc />
    public object? EntityMessage(object message) => message;

    /// <inheritdoc />
    public string? ShardId(object message) => message is ILimitMessage m ? ShardId(m.Limit) : null;

    /// <inheritdoc />
    public string ShardId(string entityId, object? messageHint = null) => s_shards[XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(entityId)) % JobId.Slices];
}
