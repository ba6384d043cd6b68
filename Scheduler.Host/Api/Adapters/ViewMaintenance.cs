using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Rebuilds the read model in the background, and keeps what became of it.</summary>
internal sealed partial class ViewMaintenance(
    IViewRebuild rebuild, ViewFill fill, ProjectionLag lag, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ViewMaintenance> log) : IViewMaintenance
{
    private const string OnRequest = "it was asked for";

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
                var last = fill.Progress is { } filling && !(_startedAt > filling.Filling.Since) ? Of(filling) : OfRebuild();
                return last with
                {
                    IsRebuilding = _isRunning || fill.Progress is { FinishedAt: null },
                    SetAside = lag.SetAsideCount,
                    Lag = lag.Current,
                    Failing = [.. lag.Failing.Select(slice => new FailingSlice(slice.Slice, slice.Failure!.Since, slice.Failure.Error))],
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

    /// <summary>Views that were made anew, and that the projections fill.</summary>
    private static ViewsProgress Of(FillProgress fill) => new()
    {
        IsRebuilding = fill.FinishedAt is null,
        Slices = fill.Slices,
        Events = fill.Events,
        StartedAt = fill.Filling.Since,
        FinishedAt = fill.FinishedAt,
        Reason = fill.Filling.Reason,
    };

    private ViewsProgress OfRebuild() => new()
    {
        IsRebuilding = _isRunning,
        Slices = _startedAt is null ? null : rebuild.Progress?.Slices,
        Events = _startedAt is null ? null : rebuild.Progress?.Events,
        StartedAt = _startedAt,
        FinishedAt = _finishedAt,
        Reason = _startedAt is null ? null : OnRequest,
        Error = _error,
    };

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
