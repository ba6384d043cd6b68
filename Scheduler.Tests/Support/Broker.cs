using RabbitMQ.Client;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>
/// The broker that AMQP specs run against: the one that <c>SCHEDULER_TEST_AMQP</c> names. Without it they are skipped, which the CI script takes for a
/// failure. Queues that a spec declares here last as long as this connection.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    private const string Variable = "SCHEDULER_TEST_AMQP";

    private readonly IConnection _connection;

    private Broker(string uri, IConnection connection, IChannel channel)
    {
        Uri = uri;
        _connection = connection;
        Channel = channel;
    }

    public string Uri { get; }

    /// <summary>To declare things with, and to read messages.</summary>
    public IChannel Channel { get; }

    /// <summary>Connects to the broker for specs; skips the spec when there is none.</summary>
    public static Task<Broker> ConnectAsync() => ConnectAsync(Named());

    public static async Task<Broker> ConnectAsync(string uri)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(uri), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        return new Broker(uri, connection, await connection.CreateChannelAsync());
    }

    /// <summary>A queue of its own.</summary>
    public async Task<string> QueueAsync(params (string Name, object? Value)[] arguments)
    {
        var queue = await Channel.QueueDeclareAsync(
            $"spec-{Guid.NewGuid():N}",
            durable: false,
            exclusive: true,
            autoDelete: true,
            arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal));
        return queue.QueueName;
    }

    /// <summary>The queue's next message, which must be there.</summary>
    public async Task<BasicGetResult> TakeAsync(string queue) =>
        await Channel.BasicGetAsync(queue, autoAck: true) ?? throw new InvalidOperationException("There is no message.");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static string Named()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrEmpty(named), $"No AMQP broker: set {Variable} to the URI of one, which 'eng/rabbitmq.sh start PORT DIR' prints last.");
        return named!;
    }
}
