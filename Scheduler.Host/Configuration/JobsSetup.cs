using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Hosting;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Retention;
using Scheduler.Actors.Timing;
using Scheduler.Actors.Wiring;
using Scheduler.Host.Api.Adapters;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Configuration.Membership;
using Scheduler.Host.Configuration.Storage;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;

namespace Scheduler.Host.Configuration;

/// <summary>Composes what hosts jobs on this node, and the API's ports to it.</summary>
internal static class JobsSetup
{
    /// <summary>Registers targets, the read model, and the actor system that starts the jobs.</summary>
    public static IServiceCollection AddSchedulerJobs(this IServiceCollection services, SchedulerSettings settings, INodeStorage storage)
    {
        storage.AddViews(services, settings.Retention);
        // A node that only serves the API need not have the secrets, nor know what may be called: that shows where the job runs.
        if (settings.Cluster.Roles.Contains(ClusterSettings.JobsRole))
        {
            services.AddSingleton(new SecretNames(settings.Http.Secrets.Names)).AddSingleton(settings.Http.Addresses);
            services
                .AddSingleton(s => new ReplanPass(
                    s.GetRequiredService<IJobViews>(),
                    s.GetRequiredService<IJobs>().AskAsync,
                    s.GetRequiredService<TimeProvider>(),
                    s.GetRequiredService<IJobViewStore>() as IPlanMarks))
                .AddHostedService<BackgroundReplanning>()
                .AddSingleton(s =>
                {
                    var region = s.GetRequiredService<IRequiredActor<JobRegion>>();
                    return new SetBackPass(
                        s.GetRequiredService<IJobViews>(),
                        id => region.ActorRef.Tell(new Wake(id)),
                        s.GetRequiredService<TimeProvider>(),
                        settings.Timing.MisfireThreshold);
                })
                .AddHostedService<BackgroundSetBack>();
        }

        return services
            .AddTargets()
            .AddSingleton(settings.Http)
            .AddSingleton(settings.Amqp)
            .AddSingleton(settings.Batches)
            .AddSingleton(AmqpNames(settings))
            .AddSingleton<IJobViews>(s => s.GetRequiredService<IJobViewStore>())
            .AddSingleton<RunMetrics>()
            .AddSingleton<StartGate>()
            .AddSingleton<JobMetrics>()
            .AddSingleton<JournalTrimMetrics>()
            .AddSingleton(settings.Timing)
            .AddSingleton<RecentRows>()
            .AddSingleton<UnwrittenRows>()
            .AddSingleton<IJobViewWriter, JobViewWriter>()
            .AddSingleton<ProjectionLag>()
            .AddSingleton(s => new ProjectionEnvironment(
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<IJobViewStore>(),
                JournalQueries.For(
                    s.GetRequiredService<ActorSystem>(), storage.ReadJournalId, static journal => journal is ILateEvents late ? late.SafeOffset : static offset => offset),
                s.GetRequiredService<RecentRows>(),
                s.GetRequiredService<ProjectionLag>(),
                s.GetRequiredService<ILoggerFactory>().CreateLogger("Scheduler.Projections")))
            .AddSingleton<IViewRebuild, ViewRebuild>()
            .AddSingleton<ViewFill>()
            .AddSingleton<IBackups>(s => new StorageBackups(
                DataFolder.JournalName,
                stop => storage.BackUpAsync(s.GetRequiredService<ActorSystem>(), stop),
                s.GetRequiredService<ILogger<StorageBackups>>()))
            .AddSingleton<IViewMaintenance, ViewMaintenance>()
            .AddSingleton<NewJobIds>()
            .AddSingleton<IJobs, ShardedJobs>()
            .AddSingleton<IRunProgress, ShardedInquiries>()
            .AddSingleton<IPermitWaits, ShardedInquiries>()
            .AddSingleton<IHandlerNodes>(s => new ClusterHandlerNodes(s.GetRequiredService<ActorSystem>(), ClusterSettings.JobsRole))
            .AddSingleton<IClusterLook>(s => new AkkaClusterLook(
                s.GetRequiredService<ActorSystem>(), [ClusterSettings.ApiRole, ClusterSettings.JobsRole], s.GetService<ReplanPass>()))
            .AddSingleton<IJobHistory>(s => new JournalHistory(s.GetRequiredService<ActorSystem>(), storage.ReadJournalId, s.GetRequiredService<TimeProvider>()))
            .AddSingleton<IReadiness>(s => new NodeReadiness(
                s.GetRequiredService<ActorSystem>(),
                s.GetRequiredService<IJobs>(),
                s.GetRequiredService<IJobViewStore>(),
                s.GetRequiredService<ProjectionLag>(),
                storage.JournalId,
                s.GetRequiredService<StartGate>(),
                () => s.GetRequiredService<NodeDrain>().HasBegun,
                s.GetRequiredService<TimeProvider>()))
            .AddSingleton(s => new NodeDrain(
                s.GetRequiredService<ActorSystem>(), settings.Cluster, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<NodeDrain>>()))
            .AddSingleton<ClockMetrics>()
            .AddSingleton(s => new ClockWatch(
                s.GetRequiredService<TimeProvider>(),
                storage.ReferenceClock(s.GetRequiredService<ActorSystem>()),
                settings.Timing,
                s.GetRequiredService<StartGate>(),
                s.GetRequiredService<ClockMetrics>(),
                s.GetRequiredService<ILogger<ClockWatch>>()))
            // Before the actor system's own service: hosted services start in this order.
            .AddHostedService<ClockService>()
            .AddSchedulerActors(settings, storage, (system, registry, provider) => Start(system, registry, provider, settings));
    }

    /// <summary>Of a node that runs no jobs nobody asks for connections, so what it has none of may be known to those that do.</summary>
    private static AmqpConnectionNames AmqpNames(SchedulerSettings settings) =>
        settings.Amqp.Connections.Count == 0 && !settings.Cluster.Roles.Contains(ClusterSettings.JobsRole)
            ? AmqpConnectionNames.Unknown
            : new AmqpConnectionNames([.. settings.Amqp.Connections.Select(c => c.Name).Order(StringComparer.Ordinal)]);

    private static Task Start(ActorSystem system, IActorRegistry registry, IServiceProvider services, SchedulerSettings settings)
    {
        var projections = services.GetRequiredService<ProjectionEnvironment>();
        var archive = settings.Retention.Archive is { } folder ? new JournalArchive(folder, services.GetRequiredService<TimeProvider>()) : null;
        JournalTrimEnvironment Trim(IActorRef region) => new(
            services.GetRequiredService<TimeProvider>(),
            projections.Store,
            projections.Journal,
            region,
            settings.Retention.Kept,
            services.GetRequiredService<JournalTrimMetrics>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Scheduler.Retention"))
        {
            Archive = archive,
        };
        var jobs = JobSystem.Start(system, new JobSystemParts
        {
            Clock = services.GetRequiredService<TimeProvider>(),
            Timing = settings.Timing,
            Execution = settings.Execution,
            Targets = services.GetRequiredService<ITargetCaller>(),
            Handlers = services.GetRequiredService<JobHandlers>(),
            Gate = Gate(services),
            Metrics = services.GetRequiredService<RunMetrics>(),
            JobMetrics = services.GetRequiredService<JobMetrics>(),
            ViewWriter = services.GetRequiredService<IJobViewWriter>(),
            Views = services.GetRequiredService<IJobViews>(),
            Projections = (slice => SliceProjectionActor.Props(slice, projections), StopProjection.Instance),
            Retention = region => RetentionActor.Props(new RetentionEnvironment(
                services.GetRequiredService<TimeProvider>(),
                settings.Retention,
                projections.Store,
                region,
                services.GetRequiredService<ILoggerFactory>().CreateLogger("Scheduler.Retention"))
            {
                Trim = Trim(region),
            }),
            Trimmer = region => JournalTrimmer.Props(Trim(region)),
            NewIds = services.GetRequiredService<NewJobIds>(),
            IsNothingStored = cause => cause is StoreException { IsNothingStored: true },
            IsUnreadable = cause => cause.GetBaseException() is SerializationException || cause is UnreadableEventException || cause.InnerException is UnreadableEventException,
            // A cluster on SQLite has one node.
            HasSharedLimits = settings.Storage is StorageSettings.MongoDb,
            Role = ClusterSettings.JobsRole,
        });
        registry.Register<JobRegion>(jobs.Region);
        services.GetRequiredService<NodeDrain>().Started(jobs);
        _ = services.GetRequiredService<ViewFill>().RunAsync(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Closed as soon as the process is asked to end: calls that are still answered may hold up the actor system's own shutdown for as long as
    /// they take.
    /// </summary>
    private static StartGate Gate(IServiceProvider services)
    {
        var gate = services.GetRequiredService<StartGate>();
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => gate.Close(StartStop.Draining, "it is about to stop"));
        return gate;
    }
}
