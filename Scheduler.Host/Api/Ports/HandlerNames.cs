using Scheduler.Actors.Execution;

namespace Scheduler.Host.Api.Ports;

/// <summary>The names of the in-process handlers that this node knows, in order.</summary>
/// <param name="All">The names.</param>
internal sealed record HandlerNames(IReadOnlyList<string> All)
{
    /// <summary>The names that handlers are registered under in <paramref name="services"/>.</summary>
    public static HandlerNames From(IServiceCollection services) => new(
    [
        .. services
            .Where(s => s.ServiceType == typeof(IJobHandler) && s.IsKeyedService)
            .Select(s => s.ServiceKey)
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal),
    ]);

    /// <summary>Whether there is a handler of that name.</summary>
    public bool Contains(string name) => All.Contains(name, StringComparer.Ordinal);
}
