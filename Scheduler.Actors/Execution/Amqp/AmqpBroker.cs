using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>
/// One broker, over one connection, which the next message opens again when it is lost. Messages share a few channels and are published over them
/// without waiting for each other's confirmation.
/// </summary>
/// <remarks>
/// A broker answers a message that it objects to by closing the channel, and what else was under way on that channel is then unconfirmed. So each
/// message that loses its channel in this way is published again, once, on a channel of its own: the one at fault fails there by itself, and the
/// others are confirmed. One of them may so arrive twice, under the same message id.
/// The client's own recovery is off: it restores consumers and what they rest on, of which there are none here, and it does not open a first
/// connection.
/// </remarks>
internal sealed class AmqpBroker : IAsyncDisposable
{
    /// <summary>An exchange always takes the same one: most of what makes a broker close a channel is about its exchange.</summary>
    private const int SharedChannels = 16;

    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(15);

    private readonly AmqpConnectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly Reopened<IConnection> _connection;
    private readonly Reopened<IChannel>[] _channels;

    public AmqpBroker(AmqpConnectionOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _connection = new Reopened<IConnection>(ConnectAsync, c => c.IsOpen);
        _channels = [.. Enumerable.Range(0, SharedChannels).Select(_ => new Reopened<IChannel>(OpenChannelAsync, c => c.IsOpen))];
    }

    /// <summary>Publishes a message, and waits for the broker's confirmation.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be published even so.</param>
    /// <exception cref="AmqpFailure">It was not published, or nobody knows.</exception>
    public async Task PublishAsync(AmqpMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var shared = await _channels[(uint)StringComparer.Ordinal.GetHashCode(message.Exchange) % SharedChannels].GetAsync(cancellationToken);
            try
            {
                await PublishAsync(shared, message, cancellationToken);
            }
            // Whoever opens the channel anew disposes of the closed one, which others may still hold.
            catch (Exception e) when (e is ObjectDisposedException || (e is OperationInterruptedException { ShutdownReason: { } reason } && AmqpFailure.IsOfChannel(reason)))
            {
                await using var own = await OpenChannelAsync();
                await PublishAsync(own, message, cancellationToken);
            }
        }
        catch (Exception e) when (e is not (AmqpFailure or OperationCanceledException))
        {
            throw AmqpFailure.NotPublished(_options, message, e);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            await channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <summary>Mandatory: a message that no queue gets comes back. Ends when the broker has confirmed it.</summary>
    private static async Task PublishAsync(IChannel channel, AmqpMessage message, CancellationToken cancellationToken) =>
        await channel.BasicPublishAsync(message.Exchange, message.RoutingKey, mandatory: true, message.Properties, message.Body, cancellationToken);

    private async Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            Uri = _options.Uri,
            ClientProvidedName = "scheduler",
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
            HandshakeContinuationTimeout = TimeSpan.FromSeconds(10),
            ContinuationTimeout = TimeSpan.FromSeconds(10),
            RequestedHeartbeat = TimeSpan.FromSeconds(15),
        };
        using var limit = new CancellationTokenSource(OpenLimit, _clock);
        try
        {
            return await factory.CreateConnectionAsync(limit.Token);
        }
        catch (Exception e)
        {
            throw AmqpFailure.NotConnected(_options, e);
        }
    }

    private async Task<IChannel> OpenChannelAsync()
    {
        using var limit = new CancellationTokenSource(OpenLimit, _clock);
        // How many are unconfirmed is bounded by how many attempts the node runs at once, so the client need not throttle them.
        var options = new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);
        var connection = await _connection.GetAsync(CancellationToken.None);
        try
        {
            return await connection.CreateChannelAsync(options, limit.Token);
        }
        catch (OperationCanceledException e)
        {
            throw AmqpFailure.NotConnected(_options, e);
        }
    }
}
