using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>Between the API's AMQP target and the domain's.</summary>
internal static class AmqpMapping
{
    private static readonly JsonText NoHeaders = new("{}");

    public static AmqpTarget ToTarget(AmqpTargetContract amqp) => new(amqp.Exchange, amqp.RoutingKey)
    {
        Connection = amqp.Connection,
        Body = amqp.Body,
        Text = amqp.Text,
        Headers = amqp.Headers == NoHeaders ? null : amqp.Headers,
        ContentType = amqp.ContentType,
        IsPersistent = amqp.Persistent,
        Ttl = amqp.Ttl,
        Priority = amqp.Priority,
        CorrelationId = amqp.CorrelationId,
        ReplyTo = amqp.ReplyTo,
        Type = amqp.Type,
    };

    public static AmqpTargetContract ToContract(AmqpTarget target) => new()
    {
        Connection = target.Connection,
        Exchange = target.Exchange,
        RoutingKey = target.RoutingKey,
        Body = target.Body,
        Text = target.Text,
        Headers = target.Headers ?? NoHeaders,
        ContentType = target.ContentType,
        Persistent = target.IsPersistent,
        Ttl = target.Ttl,
        Priority = target.Priority,
        CorrelationId = target.CorrelationId,
        ReplyTo = target.ReplyTo,
        Type = target.Type,
    };
}
