using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>A handler that this process has. A closed hierarchy of one generic type, so that it can be called without reflection.</summary>
public abstract class JobHandlerEntry
{
    private protected JobHandlerEntry(HandlerTarget target) => Target = target;

    /// <summary>What jobs name it by.</summary>
    public HandlerTarget Target { get; }

    /// <summary>What is wrong with a job's parameters; empty for nothing.</summary>
    /// <param name="parameters">The job's parameters, a JSON object; null for none.</param>
    public abstract IReadOnlyList<ParameterError> Check(JsonText? parameters);

    internal abstract Task<JsonText?> RunAsync(IServiceProvider services, JsonText? parameters, JobHandlerContext context, CancellationToken cancellationToken);
}

/// <summary>Something that is wrong with a job's parameters.</summary>
/// <param name="Path">Where, below the parameters: <c>rows[2].name</c>; empty for all of them.</param>
/// <param name="Message">What, to follow the path: <c>is required</c>.</param>
public sealed record ParameterError(string Path, string Message);

internal sealed class JobHandlerEntry<THandler, TParameters>(HandlerTarget target) : JobHandlerEntry(target)
    where THandler : class, IJobHandler<TParameters>
{
    public override IReadOnlyList<ParameterError> Check(JsonText? parameters) => HandlerParameters.Read<TParameters>(parameters, out _);

    internal override async Task<JsonText?> RunAsync(
        IServiceProvider services, JsonText? parameters, JobHandlerContext context, CancellationToken cancellationToken)
    {
        // The node that took the job may not have had the handler.
        if (HandlerParameters.Read<TParameters>(parameters, out var read) is { Count: > 0 } errors)
            throw new NonRetryableException($"The job's parameters are not what its handler takes: {string.Join("; ", errors.Select(e => $"{Name(e)} {e.Message}"))}.");
        var output = await services.GetRequiredService<THandler>().RunAsync(read!, context, cancellationToken);
        return output switch
        {
            null => null,
            JsonText json => json,
            _ => new JsonText(JsonSerializer.Serialize(output, output.GetType(), HandlerParameters.Json)),
        };
    }

    private static string Name(ParameterError error) => error.Path.Length == 0 ? "parameters" : $"parameters.{error.Path}";
}
