using RabbitMQ.Client;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>
/// One broker, over one connection, which the next message opens again when it is lost. A message is published once, whatever becomes of it:
/// whether it is tried again is its job's to say.
/// </summary>
/// <remarks>
/// The client's own recovery is off: it restores consumers and what they rest on, of which there are none here, and it does not open a first
/// connection.
/// </remarks>
internal sealed class AmqpBroker : IAsyncDisposable
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(15);

    private readonly AmqpConnectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly Reopened<AmqpChannels> _channels;

    public AmqpBroker(AmqpConnectionOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _channels = new Reopened<AmqpChannels>(ConnectAsync, c => c.IsOpen);
    }

    /// <summary>Publishes a message, and waits for the broker's confirmation.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be published even so.</param>
    /// <exception cref="AmqpFailure">It was not published, or nobody knows.</exception>
    public async Task PublishAsync(AmqpMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var channels = await _channels.GetAsync(cancellationToken);
            // Mandatory: a message that no queue gets comes back. Ends when the broker has confirmed it.
            await channels.UseAsync(
                async channel => await channel.BasicPublishAsync(message.Exchange, message.RoutingKey, mandatory: true, message.Properties, message.Body, cancellationToken),
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not AmqpFailure)
        {
            throw AmqpFailure.NotPublished(_options, message, e);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _channels.DisposeAsync();

    private async Task<AmqpChannels> ConnectAsync()
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
            return new AmqpChannels(await factory.CreateConnectionAsync(limit.Token), OpenLimit, _clock);
        }
        catch (Exception e)
        {
            throw AmqpFailure.NotConnected(_options, e);
        }
    }
}
