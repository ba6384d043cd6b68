namespace Scheduler.Host.Api.Ports;

/// <summary>How the read model stands.</summary>
/// <param name="State"><c>live</c> or <c>rebuilding</c>.</param>
/// <param name="Projected">How many events a rebuild that goes on has read so far; null when none does.</param>
/// <param name="Total">How many there were when it began; null when nobody counted.</param>
/// <param name="StartedAt">When the last rebuild began; null when there was none since the process started.</param>
/// <param name="FinishedAt">When the last rebuild ended; null while it goes on.</param>
/// <param name="Error">What ended the last rebuild early; null when nothing did.</param>
/// <param name="SetAside">How many events could not be projected.</param>
internal sealed record ViewsProgress(
    string State, long? Projected, long? Total, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Error, long SetAside);

/// <summary>Rebuilds the read model from the journal while the service runs.</summary>
internal interface IViewRebuild
{
    /// <summary>Starts a rebuild; does nothing while one goes on.</summary>
    Task<ViewsProgress> StartAsync(CancellationToken cancellationToken);

    /// <summary>How the read model stands.</summary>
    Task<ViewsProgress> ProgressAsync(CancellationToken cancellationToken);
}
