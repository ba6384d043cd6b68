using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Membership;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration.Membership;

/// <summary>How a node becomes a member, once it can host jobs.</summary>
internal static class ClusterJoin
{
    /// <summary>How long the end of a node waits for its entry in the registry to be removed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Begins to join: the configured nodes; without those whoever the storage's registry knows; and where storage is one node's alone, a cluster of one.
    /// </summary>
    public static void Begin(ActorSystem system, ClusterSettings settings, INodeStorage storage, IServiceProvider services)
    {
        var cluster = Cluster.Get(system);
        if (settings.SeedNodes.Count > 0)
        {
            cluster.JoinSeedNodes(settings.SeedNodes.Select(seed => new Address(cluster.SelfAddress.Protocol, system.Name, seed.Host, seed.Port)));
            return;
        }

        if (storage.OpenRegistry() is not { } registry)
        {
            cluster.Join(cluster.SelfAddress);
            return;
        }

        var stop = new CancellationTokenSource();
        var joining = new RegistryJoin(system, registry, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RegistryJoin>>()).RunAsync(stop.Token);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "leave-registry", async () =>
        {
            await stop.CancelAsync();
            await joining.WaitAsync(s_patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (registry as IDisposable)?.Dispose();
            return Akka.Done.Instance;
        });
    }
}
