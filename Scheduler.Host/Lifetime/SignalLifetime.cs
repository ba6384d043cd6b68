namespace Scheduler.Host.Lifetime;

/// <summary>
/// Leaves signals to <see cref="StopSignal"/>: a web host that is told to stop while it starts breaks off its services in the middle, so
/// it is told when it has started.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime
{
    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
