using Scheduler.Actors.Execution.Amqp;

namespace Scheduler.Host.Configuration;

/// <summary>Reads the AMQP brokers that targets may name: <c>Amqp:NAME:Uri</c>.</summary>
internal static class AmqpSettingsReader
{
    private const string Form = "of the form amqp://USER:PASSWORD@HOST:PORT/VIRTUAL_HOST, or amqps://…; what is not a letter or a digit in a user's name, a password or a virtual host is percent-encoded";

    /// <summary>The brokers. A URI may hold a password, so no message repeats it.</summary>
    public static AmqpOptions Read(SettingsReader reader)
    {
        var connections = new List<AmqpConnectionOptions>();
        foreach (var name in reader.Names("Amqp"))
        {
            var key = $"Amqp:{name}:Uri";
            if (reader.Text(key, "") is not { Length: > 0 } text)
                reader.RefuseSecret(key, "is missing", Form);
            else if (AmqpConnectionOptions.TryParse(name, text, out var connection))
                connections.Add(connection);
            else
                reader.RefuseSecret(key, "is not the address of an AMQP broker", Form);
        }

        return new AmqpOptions(connections);
    }
}
