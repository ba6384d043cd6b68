using Microsoft.Extensions.DependencyInjection;

namespace Scheduler.Actors.Execution;

/// <summary>Registers in-process handlers.</summary>
public static class JobHandlerRegistration
{
    /// <summary>Makes <typeparamref name="THandler"/> the handler that jobs name <paramref name="name"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The stable name; it is kept in the journal.</param>
    public static IServiceCollection AddJobHandler<THandler>(this IServiceCollection services, string name)
        where THandler : class, IJobHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return services.AddKeyedSingleton<IJobHandler, THandler>(name);
    }
}
