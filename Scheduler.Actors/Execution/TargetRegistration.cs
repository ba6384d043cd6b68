using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Http;

namespace Scheduler.Actors.Execution;

/// <summary>Registers what calls targets.</summary>
public static class TargetRegistration
{
    /// <summary>Registers the caller of all kinds of targets, and the stand-in handler that jobs without a target get. <see cref="HttpTargetOptions"/> is registered by the caller.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddTargets(this IServiceCollection services) => services
        .AddJobHandler<DefaultJobHandler, JsonElement>(HandlerTarget.DefaultName)
        .AddSingleton(s => new HttpTargetCaller(s.GetRequiredService<HttpTargetOptions>(), s.GetRequiredService<TimeProvider>()))
        .AddAmqpTarget()
        .AddSingleton(s => new JobHandlers(s.GetServices<JobHandlerEntry>()))
        .AddSingleton<ITargetCaller, TargetCaller>();
}
