using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Amqp;

namespace Scheduler.Actors.Execution;

/// <summary>Registers what calls targets.</summary>
public static class TargetRegistration
{
    /// <summary>Registers the caller of all kinds of targets, and the stand-in handler that jobs without a target get.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddTargets(this IServiceCollection services) => services
        .AddJobHandler<DefaultJobHandler>(HandlerTarget.DefaultName)
        .AddSingleton(s => new HttpTargetCaller(
            new HttpClient(new SocketsHttpHandler
            {
                // The attempt's own time-out bounds a call. Connections are renewed, so that a target which moves is found again.
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                AllowAutoRedirect = false,
                UseCookies = false,
            })
            {
                Timeout = Timeout.InfiniteTimeSpan,
            },
            s.GetRequiredService<TimeProvider>()))
        .AddAmqpTarget()
        .AddSingleton<ITargetCaller, TargetCaller>();
}
