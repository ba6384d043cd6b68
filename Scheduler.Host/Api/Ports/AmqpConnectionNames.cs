namespace Scheduler.Host.Api.Ports;

/// <summary>The names that AMQP connections are configured under, in order.</summary>
/// <param name="All">The names; null on a node that runs no jobs and so need not know.</param>
internal sealed record AmqpConnectionNames(IReadOnlyList<string>? All)
{
    /// <summary>Any name may be another node's.</summary>
    public static AmqpConnectionNames Unknown { get; } = new(All: null);

    /// <summary>Whether there may be a connection of that name.</summary>
    public bool MayContain(string name) => All is null || All.Contains(name, StringComparer.OrdinalIgnoreCase);
}
