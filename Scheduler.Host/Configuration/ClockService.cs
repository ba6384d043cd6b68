using Scheduler.Actors.Execution.Clock;

namespace Scheduler.Host.Configuration;

/// <summary>Has the node's clock watched, from before the node starts.</summary>
internal sealed class ClockService(ClockWatch watch, TimeProvider time) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before whatever is registered after it: what is due when the node starts must not start by a wrong clock.
        await watch.LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ClockWatch.LookedAtEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await watch.LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
