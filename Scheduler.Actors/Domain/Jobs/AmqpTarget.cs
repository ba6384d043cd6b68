namespace Scheduler.Actors.Domain.Jobs;

/// <summary>Publishes a message to an AMQP 0-9-1 broker.</summary>
/// <param name="Exchange">The exchange's name; empty for the default one, which has a route to each queue by its name.</param>
/// <param name="RoutingKey">The routing key; for the default exchange, the queue's name.</param>
public sealed record AmqpTarget(string Exchange, string RoutingKey) : Target
{
    /// <summary>The connection of a target that names none.</summary>
    public const string DefaultConnection = "default";

    /// <summary>The name that a connection is configured under.</summary>
    public string Connection { get; init; } = DefaultConnection;

    /// <summary>Sent as JSON; null for none. Never together with <see cref="Text"/>.</summary>
    public JsonText? Body { get; init; }

    /// <summary>Sent as it is, in UTF-8; null for none. Never together with <see cref="Body"/>.</summary>
    public string? Text { get; init; }

    /// <summary>A JSON object whose members become the message's headers; null for none.</summary>
    public JsonText? Headers { get; init; }

    /// <summary>The media type; null for what the body's kind says.</summary>
    public string? ContentType { get; init; }

    /// <summary>Whether the broker writes the message to disk where its queue is durable.</summary>
    public bool IsPersistent { get; init; } = true;

    /// <summary>How long it may wait in a queue, 49 days at most; null for as long as it takes.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>From 0 to 255; null for none.</summary>
    public int? Priority { get; init; }

    /// <summary>The property of that name; null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The property of that name; null for none.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The property of that name; null for none.</summary>
    public string? Type { get; init; }
}
