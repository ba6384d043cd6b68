using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Timing;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Runs the look at all jobs after each start of a node that runs jobs, until nothing is left to plan anew.</summary>
internal sealed partial class BackgroundReplanning(ReplanPass pass, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<BackgroundReplanning> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Jobs can be asked once all is started.
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (lifetime.ApplicationStarted.Register(started.SetResult))
                await started.Task.WaitAsync(stoppingToken);
            while (!await TryAsync(stoppingToken))
                await Task.Delay(Patience, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (pass.Progress.PlannedAnew > 0)
            LogDone(TimeZones.Data.Version, pass.Progress.LookedAt, pass.Progress.PlannedAnew);
    }

    private async Task<bool> TryAsync(CancellationToken stopping)
    {
        try
        {
            if (await pass.RunAsync(stopping))
                return true;
            LogFailed(pass.Progress.Failed, pass.Progress.LookedAt, TimeZones.Data.Version, Patience);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogInterrupted(e, Patience);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Time-zone data {Data}: of {Jobs} jobs {PlannedAnew} were planned anew.")]
    private partial void LogDone(string data, long jobs, long plannedAnew);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Failed} of {Jobs} jobs could not be planned with time-zone data {Data}; they are looked at again in {Patience}.")]
    private partial void LogFailed(long failed, long jobs, string data, TimeSpan patience);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether jobs must be planned anew could not be found out, and is tried again in {Patience}.")]
    private partial void LogInterrupted(Exception e, TimeSpan patience);
}
