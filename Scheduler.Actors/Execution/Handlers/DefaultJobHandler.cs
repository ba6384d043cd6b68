using System.Text.Json;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>
/// The stand-in that the replaced service's jobs ran: waits <c>parameters.duration</c> seconds, then completes.
/// <c>parameters.fail</c> makes it fail on that many attempts first.
/// </summary>
internal sealed class DefaultJobHandler(TimeProvider clock) : IJobHandler<JsonElement>
{
    public async Task<object?> RunAsync(JsonElement parameters, JobHandlerContext context, CancellationToken cancellationToken)
    {
        var (duration, failures) = Read(parameters);
        if (duration > TimeSpan.Zero)
            await Task.Delay(duration, clock, cancellationToken);
        if (context.Attempt <= failures)
            throw new InvalidOperationException($"Attempt {context.Attempt} fails, as parameters.fail = {failures} asks.");
        return null;
    }

    /// <summary>What is missing, or not a number, asks for nothing: the replaced service's clients sent whatever they liked.</summary>
    private static (TimeSpan Duration, int Failures) Read(JsonElement parameters)
    {
        var duration = parameters.TryGetProperty("duration", out var d) && d.ValueKind is JsonValueKind.Number ? d.GetDouble() : 0;
        var failures = parameters.TryGetProperty("fail", out var f) && f.ValueKind is JsonValueKind.Number ? f.GetDouble() : 0;
        return (TimeSpan.FromSeconds(Math.Clamp(duration, 0, TimeSpan.FromDays(1).TotalSeconds)), (int)Math.Clamp(failures, 0, int.MaxValue));
    }
}
