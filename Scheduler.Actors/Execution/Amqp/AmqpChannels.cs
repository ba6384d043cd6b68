using RabbitMQ.Client;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>
/// One connection to a broker, and its channels. Each is one message's alone until that is confirmed: a broker answers a message that it objects to
/// by closing the channel, and whatever else was under way on it would be neither confirmed nor refused.
/// </summary>
internal sealed class AmqpChannels : IAsyncDisposable
{
    /// <summary>As many messages are under way at once; more wait. Brokers allow 2,047 channels of a connection by default.</summary>
    public const int Most = 256;

    private readonly IConnection _connection;
    private readonly TimeSpan _openLimit;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _lock = new();
    private readonly Stack<IChannel> _idle = [];
    private bool _isDisposed;

    /// <summary>No channel is open yet.</summary>
    /// <param name="connection">Closed with this.</param>
    /// <param name="openLimit">How long a channel may take to open.</param>
    /// <param name="clock">The clock.</param>
    public AmqpChannels(IConnection connection, TimeSpan openLimit, TimeProvider clock)
    {
        _connection = connection;
        _openLimit = openLimit;
        _clock = clock;
        var most = connection.ChannelMax == 0 ? Most : Math.Min(Most, (int)connection.ChannelMax);
        _slots = new SemaphoreSlim(most, most);
    }

    /// <summary>Whether the connection is.</summary>
    public bool IsOpen => _connection.IsOpen;

    /// <summary>Uses a channel that nobody else uses. One on which that did not succeed is not used again.</summary>
    /// <param name="use">What to do with it.</param>
    /// <param name="cancellationToken">Ends the wait for one.</param>
    /// <exception cref="AmqpFailure">None could be opened.</exception>
    public async Task UseAsync(Func<IChannel, Task> use, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        IChannel? channel = null;
        var isUsable = false;
        try
        {
            channel = Idle() ?? await OpenAsync();
            await use(channel);
            isUsable = true;
        }
        finally
        {
            if (channel is null || (isUsable && Keep(channel)))
                _slots.Release();
            else
                _ = CloseAsync(channel);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _idle.Clear();
        }

        // Takes its channels along, those in use as well.
        await _connection.DisposeAsync();
    }

    private IChannel? Idle()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out var channel))
            {
                if (channel.IsOpen)
                    return channel;
                // Closed by the broker: there is nothing left of it to be closed.
                _ = channel.DisposeAsync().AsTask();
            }
        }

        return null;
    }

    private bool Keep(IChannel channel)
    {
        lock (_lock)
        {
            if (_isDisposed || !channel.IsOpen)
                return false;
            _idle.Push(channel);
            return true;
        }
    }

    private async Task<IChannel> OpenAsync()
    {
        using var limit = new CancellationTokenSource(_openLimit, _clock);
        var options = new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);
        return await _connection.CreateChannelAsync(options, limit.Token);
    }

    /// <summary>Behind the caller's back, who waits for no handshake; its slot is free when the broker has its number back.</summary>
    private async Task CloseAsync(IChannel channel)
    {
        await channel.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _slots.Release();
    }
}
