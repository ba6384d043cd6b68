using Akka.Actor;
using Akka.Coordination;
using MongoDB.Driver;

namespace Scheduler.Actors.Membership.MongoDb;

/// <summary>
/// A lease as a document, for Akka's split brain resolver: of a cluster that has come apart, the part whose node has it goes on. Kept by writing it anew; who
/// can't write loses it, by the server's clock, before anybody else gets it. Named by <c>lease-class</c>, made by Akka; <c>connection-string-at</c> says
/// where in the configuration the database is named.
/// </summary>
public sealed class MongoLease : Lease
{
    private readonly ClusterDatabase _database;
    private readonly TimeSpan _good;
    private readonly Lock _changing = new();
    private CancellationTokenSource? _keeping;
    private volatile bool _isHeld;

    /// <summary>Made by Akka.</summary>
    public MongoLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        _database = new ClusterDatabase(system.Settings.Config.GetString(settings.LeaseConfig.GetString("connection-string-at")));
        _good = settings.TimeoutSettings.HeartbeatTimeout;
        system.RegisterOnTermination(_database.Dispose);
    }

    /// <inheritdoc />
    public override bool CheckLease() => _isHeld;

    /// <inheritdoc />
    public override Task<bool> Acquire() => Acquire(static _ => { });

    /// <inheritdoc />
    public override async Task<bool> Acquire(Action<Exception?> leaseLostCallback)
    {
        using var patience = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout);
        try
        {
            if (!await _database.TryTakeAsync(Settings.LeaseName, Settings.OwnerName, _good, patience.Token))
                return false;
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            throw new LeaseException($"The lease '{Settings.LeaseName}' cannot be asked for: {e.Message}", e);
        }

        lock (_changing)
        {
            _isHeld = true;
            if (_keeping is null)
                _ = KeepAsync(leaseLostCallback, (_keeping = new CancellationTokenSource()).Token);
        }

        return true;
    }

    /// <inheritdoc />
    public override async Task<bool> Release()
    {
        lock (_changing)
        {
            _keeping?.Cancel();
            _keeping = null;
            _isHeld = false;
        }

        using var patience = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout);
        try
        {
            await _database.ReleaseAsync(Settings.LeaseName, Settings.OwnerName, patience.Token);
            return true;
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            throw new LeaseException($"The lease '{Settings.LeaseName}' cannot be given back, and ends by itself: {e.Message}", e);
        }
    }

    private async Task KeepAsync(Action<Exception?> lost, CancellationToken stop)
    {
        var written = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await Task.Delay(Settings.TimeoutSettings.HeartbeatInterval, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                return;
            Exception? cause = null;
            try
            {
                var begun = TimeProvider.System.GetTimestamp();
                if (await _database.TryTakeAsync(Settings.LeaseName, Settings.OwnerName, _good, stop))
                {
                    written = begun;
                    continue;
                }
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                cause = e;
                if (TimeProvider.System.GetElapsedTime(written) < _good)
                    continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            lock (_changing)
            {
                _keeping = null;
                _isHeld = false;
            }

            lost(cause);
            return;
        }
    }
}
