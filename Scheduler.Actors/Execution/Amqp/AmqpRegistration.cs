using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>Registers what publishes messages.</summary>
internal static class AmqpRegistration
{
    /// <summary>Registers it; <see cref="AmqpOptions"/> say which brokers there are, and are none unless registered.</summary>
    public static IServiceCollection AddAmqpTarget(this IServiceCollection services)
    {
        services.TryAddSingleton(AmqpOptions.None);
        return services
            .AddSingleton(s => new AmqpBrokers(s.GetRequiredService<AmqpOptions>(), s.GetRequiredService<TimeProvider>()))
            .AddSingleton<AmqpTargetCaller>();
    }
}
