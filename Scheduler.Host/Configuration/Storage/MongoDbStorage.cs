using Akka.Actor;
using Akka.Configuration;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Membership.MongoDb;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Actors.Retention;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>One MongoDB database for all nodes: the journal's collections and the read model's.</summary>
internal sealed class MongoDbStorage(StorageSettings.MongoDb settings) : INodeStorage
{
    /// <summary>How long a start waits for the database.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public string JournalId => MongoPersistence.JournalId;

    /// <inheritdoc />
    public string ReadJournalId => MongoPersistence.ReadJournalId;

    /// <inheritdoc />
    public Config Persistence => MongoPersistence.Config(settings.Url.ToString());

    /// <inheritdoc />
    public Config Cluster => ConfigurationFactory.ParseString($$"""
        # Why: a majority alone stops the last of three nodes, and keeps neither half of four. Of two parts the one goes on that has the lease, the larger one asks first.
        akka.cluster.split-brain-resolver {
          active-strategy = lease-majority
          lease-majority.lease-implementation = scheduler.cluster.lease
        }
        scheduler.cluster.lease {
          lease-class = "{{typeof(MongoLease).FullName}}, {{typeof(MongoLease).Assembly.GetName().Name}}"
          connection-string-at = "{{MongoPersistence.JournalId}}.connection-string"
          heartbeat-timeout = 15s
          heartbeat-interval = 4s
          lease-operation-timeout = 3s
        }
        """);

    /// <inheritdoc />
    public string Description => $"{settings} (MongoDb)";

    /// <inheritdoc />
    public void AddViews(IServiceCollection services, RetentionOptions retention) => services
        .AddSingleton(_ => new MongoJobViewStore(settings.Url.ToString(), retention.RunAge))
        .AddSingleton<IJobViewStore>(s => s.GetRequiredService<MongoJobViewStore>());

    /// <inheritdoc />
    public INodeRegistry OpenRegistry() => new MongoNodeRegistry(settings.Url.ToString());

    /// <inheritdoc />
    public IReferenceClock? ReferenceClock(ActorSystem system) => new ServerClock(system);

    /// <inheritdoc />
    public async Task OpenAsync(IServiceProvider services, ActorSystem system, CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILogger<MongoDbStorage>>();
        var time = services.GetRequiredService<TimeProvider>();
        var begun = time.GetTimestamp();
        MongoPersistence.NameNode(system, DownedMembers.Name(Akka.Cluster.Cluster.Get(system).SelfUniqueAddress));
        for (var tries = 1; ; tries++)
        {
            try
            {
                await OpenOnceAsync(services, system, cancellationToken);
                system.ActorOf(DownedMembers.Props(node => MongoPersistence.EndNodeAsync(system, node, CancellationToken.None)), "downed-members");
                return;
            }
            // A database that starts together with its nodes, or is busy with another one's, is there in a moment. A node whose actor system has ended opens nothing any more.
            catch (Exception e) when (e is StoreException or ViewsUnavailableException && time.GetElapsedTime(begun) < s_patience && !system.WhenTerminated.IsCompleted)
            {
                log.LogWarning("The database cannot be opened yet (try {Tries}, {Seconds:0} s of {Patience:0}): {Cause}", tries, time.GetElapsedTime(begun).TotalSeconds, s_patience.TotalSeconds, e.Message);
                await Task.Delay(s_pause, time, cancellationToken);
            }
            catch (Exception e) when (e is StoreException or ViewsUnavailableException)
            {
                throw new StartException($"{e.Message} See Scheduler:MongoDb:ConnectionString.", e);
            }
        }
    }

    private async Task OpenOnceAsync(IServiceProvider services, ActorSystem system, CancellationToken cancellationToken)
    {
        // The journal first: without it there is nothing to fill a read model from.
        await MongoPersistence.OpenAsync(system, cancellationToken);
        var views = services.GetRequiredService<MongoJobViewStore>();
        await views.OpenAsync(cancellationToken);
        var reason = await views.FollowAsync(
            async stop => Mark(await MongoPersistence.StandAsync(system, stop)),
            services.GetRequiredService<TimeProvider>().GetUtcNow(),
            cancellationToken);
        if (reason is not null)
            services.GetRequiredService<ILogger<MongoJobViewStore>>().LogWarning("The views are made anew and filled from the journal: {Reason}", reason);
    }

    /// <inheritdoc />
    public Task<Stream?> BackUpAsync(ActorSystem system, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

    /// <inheritdoc />
    public void Dispose()
    {
        // The clients belong to the stores, which end with the actor system and the container.
    }

    private static JournalMark Mark(JournalStand journal) => new(journal.Journal, journal.Start, journal.Head);

    private sealed class ServerClock(ActorSystem system) : IReferenceClock
    {
        public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken) => MongoPersistence.ReadServerTimeAsync(system, cancellationToken);
    }
}
