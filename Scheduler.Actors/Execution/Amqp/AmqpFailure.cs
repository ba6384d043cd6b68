using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>A message was not published, or nobody knows whether it was. Its text is for the run's record.</summary>
/// <param name="message">What went wrong, a sentence.</param>
/// <param name="inner">What said so.</param>
internal sealed class AmqpFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>No connection could be opened.</summary>
    public static AmqpFailure NotConnected(AmqpConnectionOptions options, Exception e) =>
        new($"The AMQP broker at {options.Endpoint} (connection '{options.Name}') cannot be reached: {Why(e)}", e);

    /// <summary>What the broker, or the way to it, said to a message.</summary>
    public static AmqpFailure NotPublished(AmqpConnectionOptions options, AmqpMessage message, Exception e) => new(
        e switch
        {
            PublishReturnException r => $"The broker cannot route the message: {r.ReplyCode} {r.ReplyText}; no queue gets what {Where(message)}.",
            PublishException => $"The broker refused the message (nack): a queue that gets what {Where(message)} is full, or cannot take it now.",
            OperationInterruptedException { ShutdownReason: { } reason } when IsOfChannel(reason) => $"The broker refused the message: {reason.ReplyCode} {reason.ReplyText}.",
            _ => $"The connection to the AMQP broker at {options.Endpoint} was lost before it confirmed the message: {Why(e)}",
        },
        e);

    /// <summary>Whether it is the end of a channel alone: an error in what was sent over it, one of many messages perhaps (AMQP 0-9-1, 1.2: soft errors).</summary>
    public static bool IsOfChannel(ShutdownEventArgs reason) => reason.Initiator is ShutdownInitiator.Peer && reason.ReplyCode is 311 or 313 or 403 or 404 or 405 or 406;

    private static string Where(AmqpMessage message) => $"goes to exchange '{message.Exchange}' with routing key '{message.RoutingKey}'";

    /// <summary>The library's texts are about its own parts; none of them repeats credentials, and neither does this.</summary>
    private static string Why(Exception e) => e switch
    {
        AuthenticationFailureException or PossibleAuthenticationFailureException => "it refuses the user, or the password.",
        BrokerUnreachableException { InnerException: AggregateException { InnerExceptions: [var first, ..] } } => Why(first),
        BrokerUnreachableException { InnerException: { } inner } => Why(inner),
        ConnectFailureException { InnerException: { } inner } => Why(inner),
        OperationInterruptedException { ShutdownReason: { } reason } => $"{reason.ReplyCode} {reason.ReplyText}.",
        SocketException s => $"{s.Message}.",
        OperationCanceledException or TimeoutException => "it did not answer in time.",
        _ => $"{e.Message.TrimEnd('.')}.",
    };
}
