namespace Scheduler.Host.Api.Ports;

/// <summary>One thing that must hold before jobs can be created and read.</summary>
/// <param name="Name">Which.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal sealed record ReadinessCheck(string Name, string? Problem);

/// <summary>Whether a job can be created and read here and now.</summary>
internal interface IReadiness
{
    /// <summary>Looks, and answers soon: a part that does not answer counts as one that does not work.</summary>
    Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken);
}
