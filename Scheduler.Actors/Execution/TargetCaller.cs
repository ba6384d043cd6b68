using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Http;

namespace Scheduler.Actors.Execution;

/// <summary>Finds what a target names, and calls it.</summary>
internal sealed class TargetCaller(IServiceProvider services, HttpTargetCaller http, AmqpTargetCaller amqp) : ITargetCaller
{
    public Task<JsonText?> CallAsync(Attempt attempt, CancellationToken cancellationToken) => attempt.Definition.Target switch
    {
        HandlerTarget t => Call(t, attempt, cancellationToken),
        HttpTarget t => http.CallAsync(t, attempt, cancellationToken),
        AmqpTarget t => amqp.CallAsync(t, attempt, cancellationToken),
        var t => throw new InvalidOperationException($"No caller for {t.GetType().Name}."),
    };

    private Task<JsonText?> Call(HandlerTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        var handler = services.GetKeyedService<IJobHandler>(target.Name)
            ?? throw new InvalidOperationException($"This node has no handler named '{target.Name}'.");
        var context = new JobHandlerContext(
            attempt.JobId, attempt.Definition.Name, attempt.RunId, attempt.Number, attempt.FireTime, attempt.Definition.Parameters);
        return handler.RunAsync(context, cancellationToken);
    }
}
