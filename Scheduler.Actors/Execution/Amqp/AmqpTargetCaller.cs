using System.Text.Json.Nodes;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>
/// Publishes messages. A confirmation by the broker is a success, and so comes after the message is on disk where it is persistent and its queue
/// durable. All failures may be retried: queues, exchanges and permissions are made and mended beside the scheduler.
/// </summary>
internal sealed class AmqpTargetCaller(AmqpBrokers brokers, TimeProvider clock)
{
    public async Task<JsonText?> CallAsync(AmqpTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        var broker = brokers.Find(target.Connection)
            ?? throw new InvalidOperationException($"This node has no AMQP connection named '{target.Connection}': set Scheduler:Amqp:{target.Connection}:Uri.");
        await broker.PublishAsync(AmqpMessage.Of(target, attempt, clock.GetUtcNow()), cancellationToken);
        return new JsonText(new JsonObject { ["exchange"] = target.Exchange, ["routing_key"] = target.RoutingKey }.ToJsonString());
    }
}
