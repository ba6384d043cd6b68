using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>The brokers that targets may name: <c>Scheduler:Amqp</c>.</summary>
/// <param name="connections">The connections, each under another name.</param>
public sealed class AmqpOptions(IReadOnlyList<AmqpConnectionOptions> connections)
{
    /// <summary>Without any.</summary>
    public static AmqpOptions None { get; } = new([]);

    /// <summary>The connections.</summary>
    public IReadOnlyList<AmqpConnectionOptions> Connections { get; } = connections;
}

/// <summary>How one broker is reached. Its text leaves the credentials out.</summary>
public sealed class AmqpConnectionOptions
{
    private AmqpConnectionOptions(string name, Uri uri, AmqpTcpEndpoint endpoint)
    {
        Name = name;
        Uri = uri;
        Endpoint = $"{endpoint.HostName}:{endpoint.Port}";
    }

    /// <summary>What targets name.</summary>
    public string Name { get; }

    /// <summary>Host and port.</summary>
    public string Endpoint { get; }

    /// <summary>May hold a password: for the connection alone.</summary>
    internal Uri Uri { get; }

    /// <summary>Reads <c>amqp://USER:PASSWORD@HOST:PORT/VIRTUAL_HOST</c>, or <c>amqps</c>.</summary>
    /// <param name="name">What targets name.</param>
    /// <param name="text">The address.</param>
    /// <param name="options">The connection, when it is one.</param>
    public static bool TryParse(string name, string text, [NotNullWhen(true)] out AmqpConnectionOptions? options)
    {
        options = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            return false;
        try
        {
            options = new AmqpConnectionOptions(name, uri, new ConnectionFactory { Uri = uri }.Endpoint);
            return true;
        }
        catch (ArgumentException)
        {
            // A virtual host of more than one segment, for example.
            return false;
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"{Name} ({Endpoint})";
}
