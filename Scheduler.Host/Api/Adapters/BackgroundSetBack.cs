using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Timing;

namespace Scheduler.Host.Api.Adapters;

/// <summary>
/// Looks for jobs that a clock which was ahead has left asleep: after each start of a node that runs jobs, and whenever its clock is seen to have been set
/// back.
/// </summary>
internal sealed partial class BackgroundSetBack(SetBackPass pass, IJobViewStore views, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<BackgroundSetBack> log)
    : BackgroundService
{
    private static readonly TimeSpan SmallestJump = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Jobs can be woken once all is started.
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (lifetime.ApplicationStarted.Register(started.SetResult))
                await started.Task.WaitAsync(stoppingToken);
            var isWanted = true;
            var (wall, monotonic) = (time.GetUtcNow(), time.GetTimestamp());
            using var timer = new PeriodicTimer(ClockWatch.LookedAtEvery, time);
            do
            {
                var now = (Wall: time.GetUtcNow(), Monotonic: time.GetTimestamp());
                isWanted |= now.Wall - wall - time.GetElapsedTime(monotonic, now.Monotonic) < -SmallestJump;
                (wall, monotonic) = now;
                if (isWanted)
                    isWanted = !await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <summary>Whether all that should be awake is. Views that are being filled lack jobs: it is done when they are whole.</summary>
    private async Task<bool> TryAsync(CancellationToken stopping)
    {
        try
        {
            if ((await views.LiveTablesAsync(stopping)).Filling is not null)
                return false;
            var woken = await pass.RunAsync(stopping);
            if (woken > 0)
                LogWoken(woken);
            return true;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogInterrupted(e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Jobs} jobs with active runs have facts that lie ahead of the clock, which was ahead and has been set back: they are woken, and what they had put off is started.")]
    private partial void LogWoken(int jobs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the clock has left jobs asleep could not be found out, and is tried again.")]
    private partial void LogInterrupted(Exception e);
}
