using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Host.Api.Adapters;
using Scheduler.Host.Configuration.Membership;
using Scheduler.Host.Configuration.Storage;
using Scheduler.Persistence.Store;
using LogLevel = Akka.Event.LogLevel;

namespace Scheduler.Host.Configuration;

/// <summary>Composes this node's actor system.</summary>
internal static class AkkaSetup
{
    private const string SystemName = "scheduler";

    /// <summary>How much longer than its attempts the drain phase may take: it must end by its own limit, not by the phase's.</summary>
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(2);

    /// <summary>What all other phases of a shutdown may take together: see hocon/shutdown.conf.</summary>
    private static readonly TimeSpan OtherPhases = TimeSpan.FromSeconds(40);

    /// <summary>How long a stopping process may take. A supervisor's grace period must be longer.</summary>
    public static TimeSpan ShutdownTimeout(SchedulerSettings settings) => settings.Execution.DrainLimit + DrainMargin + OtherPhases;

    /// <summary>Registers the actor system.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">This node's settings.</param>
    /// <param name="storage">Where jobs are kept.</param>
    /// <param name="start">Starts what lives in the actor system, once this node has begun to join the cluster.</param>
    public static IServiceCollection AddSchedulerActors(
        this IServiceCollection services, SchedulerSettings settings, INodeStorage storage, Func<ActorSystem, IActorRegistry, IServiceProvider, Task> start) =>
        services.AddAkka(SystemName, (builder, provider) => builder
            .ConfigureLoggers(logging =>
            {
                logging.LogLevel = LogLevel.WarningLevel;
                logging.ClearLoggers();
                logging.AddLoggerFactory();
            })
            .AddSetup(new PersistenceTimeSetup(provider.GetRequiredService<TimeProvider>()))
            .AddSetup(new UnhurriedEventsSetup(UnhurriedFacts.Contains))
            .AddHocon(Shutdown(settings), HoconAddMode.Prepend)
            .AddHocon(storage.Persistence, HoconAddMode.Prepend)
            .AddHocon(storage.Cluster, HoconAddMode.Prepend)
            .AddHocon(Files(), HoconAddMode.Append)
            .WithNetwork(settings.Cluster, storage)
            .WithClustering(Clustering(settings.Cluster, provider.GetRequiredService<JobHandlers>()))
            .WithJobSerializer()
            .AddStartup((system, registry) => start(system, registry, provider))
            // Last, and not by Akka's configuration: who is a member before it has regions holds up the shards of all.
            .AddStartup((system, _) => ClusterJoin.Begin(system, settings.Cluster, storage, provider)));

    private static AkkaConfigurationBuilder WithNetwork(this AkkaConfigurationBuilder builder, ClusterSettings cluster, INodeStorage storage) =>
        storage.Cluster.IsEmpty && cluster.SeedNodes.Count == 0
            ? builder.AddHocon(AloneTransport.For(cluster), HoconAddMode.Prepend)
            : builder.WithRemoting(cluster.Hostname, cluster.Port);

    private static ClusterOptions Clustering(ClusterSettings cluster, JobHandlers handlers) => new()
    {
        Roles = cluster.Roles.Contains(ClusterSettings.JobsRole, StringComparer.Ordinal)
            ? [.. cluster.Roles, .. handlers.All.Select(ClusterHandlerNodes.RoleOf)]
            : [.. cluster.Roles],
    };

    /// <summary>The one phase whose time depends on a setting.</summary>
    private static Config Shutdown(SchedulerSettings settings) => ConfigurationFactory.ParseString(
        $"akka.coordinated-shutdown.phases.before-service-unbind.timeout = {(settings.Execution.DrainLimit + DrainMargin).TotalMilliseconds}ms");

    private static Config Files()
    {
        var config = Config.Empty;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "hocon"), "*.conf").Order(StringComparer.Ordinal))
            config = config.WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(file)));
        return config;
    }
}
