namespace Scheduler.Actors.Execution.Amqp;

/// <summary>The brokers of this node by their connections' names, which ignore case as configuration does.</summary>
internal sealed class AmqpBrokers(AmqpOptions options, TimeProvider clock) : IAsyncDisposable
{
    private readonly Dictionary<string, AmqpBroker> _brokers =
        options.Connections.ToDictionary(c => c.Name, c => new AmqpBroker(c, clock), StringComparer.OrdinalIgnoreCase);

    /// <summary>The broker of that name; null when this node has none.</summary>
    public AmqpBroker? Find(string connection) => _brokers.GetValueOrDefault(connection);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers.Values)
            await broker.DisposeAsync();
    }
}
