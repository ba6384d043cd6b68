using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Http;

namespace Scheduler.Actors.Execution;

/// <summary>Finds what a target names, and calls it.</summary>
internal sealed class TargetCaller(JobHandlers handlers, IServiceScopeFactory scopes, HttpTargetCaller http, AmqpTargetCaller amqp) : ITargetCaller
{
    public Task<JsonText?> CallAsync(Attempt attempt, CancellationToken cancellationToken) => attempt.Definition.Target switch
    {
        HandlerTarget t => Call(t, attempt, cancellationToken),
        HttpTarget t => http.CallAsync(t, attempt, cancellationToken),
        AmqpTarget t => amqp.CallAsync(t, attempt, cancellationToken),
        var t => throw new InvalidOperationException($"No caller for {t.GetType().Name}."),
    };

    private async Task<JsonText?> Call(HandlerTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        var handler = handlers.Find(target) ?? throw new InvalidOperationException($"This node has no {target.Describe()}.");
        var context = new JobHandlerContext(attempt.JobId, attempt.Definition.Name, attempt.RunId, attempt.Number, attempt.FireTime)
        {
            OnProgress = attempt.Progress is { } progress ? progress.Report : null,
        };
        await using var scope = scopes.CreateAsyncScope();
        return await handler.RunAsync(scope.ServiceProvider, attempt.Definition.Parameters, context, cancellationToken);
    }
}
