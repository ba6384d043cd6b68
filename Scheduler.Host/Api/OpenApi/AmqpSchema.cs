using Microsoft.OpenApi;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>A message for an AMQP broker.</summary>
internal static class AmqpSchema
{
    /// <summary>The target.</summary>
    public static OpenApiSchema Target() => Shape.Closed(
        "A message for an AMQP 0-9-1 broker. The broker's confirmation completes the run; its id is the message id. A message that no queue gets fails the attempt.",
        [],
        AmqpTargetReader.Fields.Select(f => KeyValuePair.Create(f, Shape.OrNull(Member(f)))));

    private static OpenApiSchema Member(string name) => name switch
    {
        "connection" => Connection(),
        "exchange" => Exchange(),
        "routing_key" => Shape.Text("With the default exchange, the queue's name, and required. At most 255 bytes of UTF-8.", AmqpTargetReader.MaxShortBytes),
        "body" => Shape.Any("Any JSON value, sent as JSON."),
        "text" => Shape.Text("Sent as it is, in UTF-8; not together with `body`."),
        "headers" => Headers(),
        "content_type" => Property("Left out, it is `application/json` for a body and `text/plain` for a text."),
        "persistent" => new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether the broker writes it to disk where its queue is durable.", Default = true },
        "ttl" => Shape.Duration("How long it may wait in a queue.", TimeSpan.Zero, AmqpTargetReader.MaxTtl),
        "priority" => Shape.Whole("For queues that have priorities.", 0, AmqpTargetReader.MaxPriority),
        "correlation_id" or "reply_to" or "type" => Property("The property of that name."),
        _ => throw new InvalidOperationException($"No shape for an AMQP target's '{name}'."),
    };

    private static OpenApiSchema Property(string description) => Shape.Text($"{description} At most 255 bytes of UTF-8.", AmqpTargetReader.MaxShortBytes, minLength: 1);

    private static OpenApiSchema Connection()
    {
        var connection = Shape.Text("The name that the broker is configured under.");
        connection.Default = AmqpTarget.DefaultConnection;
        return connection;
    }

    private static OpenApiSchema Exchange()
    {
        var exchange = Shape.Text("Empty for the default exchange, which leads to each queue by its name. At most 255 bytes of UTF-8.", AmqpTargetReader.MaxShortBytes);
        exchange.Default = "";
        return exchange;
    }

    private static OpenApiSchema Headers()
    {
        var headers = Shape.AnyObject(
            $"Any JSON values, of at most {AmqpTargetReader.MaxHeadersLength} characters altogether. The scheduler adds, and does not take: {string.Join(", ", AmqpHeaders.Reserved)}.");
        headers.MaxProperties = AmqpTargetReader.MaxHeaders;
        return headers;
    }
}
