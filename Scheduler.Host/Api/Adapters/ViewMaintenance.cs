using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Rebuilds the read model in the background, and keeps what became of it.</summary>
internal sealed partial class ViewMaintenance(
    IViewRebuild rebuild, ProjectionLag lag, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ViewMaintenance> log) : IViewMaintenance
{
    private readonly Lock _starting = new();
    private bool _isRunning;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _finishedAt;
    private string? _error;

    /// <inheritdoc />
    public ViewsProgress Progress
    {
        get
        {
            lock (_starting)
            {
                return new ViewsProgress
                {
                    IsRebuilding = _isRunning,
                    Slices = _startedAt is null ? null : rebuild.Progress?.Slices,
                    Events = _startedAt is null ? null : rebuild.Progress?.Events,
                    StartedAt = _startedAt,
                    FinishedAt = _finishedAt,
                    Error = _error,
                    SetAside = lag.SetAsideCount,
                    Lag = lag.Current,
                };
            }
        }
    }

    /// <inheritdoc />
    public void StartRebuild()
    {
        lock (_starting)
        {
            if (_isRunning)
                return;
            _isRunning = true;
            (_startedAt, _finishedAt, _error) = (time.GetUtcNow(), null, null);
        }

        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        string? error = null;
        try
        {
            var done = await rebuild.RebuildAsync(lifetime.ApplicationStopping);
            LogDone(done.Events);
        }
        catch (OperationCanceledException)
        {
            error = "The process stopped.";
        }
        catch (Exception e)
        {
            error = e.Message;
            LogFailed(e);
        }

        lock (_starting)
            (_isRunning, _finishedAt, _error) = (false, time.GetUtcNow(), error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The views were rebuilt from {Events} events.")]
    private partial void LogDone(long events);

    [LoggerMessage(Level = LogLevel.Error, Message = "The views could not be rebuilt; those before are still in use.")]
    private partial void LogFailed(Exception e);
}
