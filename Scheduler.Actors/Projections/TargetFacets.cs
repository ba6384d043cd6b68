using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>What lists of jobs are filtered by of a target.</summary>
public static class TargetFacets
{
    /// <summary>The target's kind.</summary>
    public static TargetKind KindOf(Target target) => target switch
    {
        HandlerTarget => TargetKind.Handler,
        HttpTarget => TargetKind.Http,
        AmqpTarget => TargetKind.Amqp,
        _ => throw new InvalidOperationException($"No rule for {target.GetType().Name}."),
    };

    /// <summary>The host that the target calls, in lower case and without its port; null for one that is no HTTP request.</summary>
    public static string? HostOf(Target target) =>
        target is HttpTarget http && Uri.TryCreate(http.Url, UriKind.Absolute, out var url) ? url.IdnHost.ToLowerInvariant() : null;
}
