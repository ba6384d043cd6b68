using Akka.Actor;
using Akka.Configuration;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Actors.Retention;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>One MongoDB database for all nodes: the journal's collections and the read model's.</summary>
internal sealed class MongoDbStorage(StorageSettings.MongoDb settings) : INodeStorage
{
    /// <inheritdoc />
    public string JournalId => MongoPersistence.JournalId;

    /// <inheritdoc />
    public string ReadJournalId => MongoPersistence.ReadJournalId;

    /// <inheritdoc />
    public Config Persistence => MongoPersistence.Config(settings.Url.ToString());

    /// <inheritdoc />
    public string Description => $"{settings} (MongoDb)";

    /// <inheritdoc />
    public void AddViews(IServiceCollection services, RetentionOptions retention) => services
        .AddSingleton(_ => new MongoJobViewStore(settings.Url.ToString(), retention.RunAge))
        .AddSingleton<IJobViewStore>(s => s.GetRequiredService<MongoJobViewStore>());

    /// <inheritdoc />
    public IReferenceClock? ReferenceClock(ActorSystem system) => new ServerClock(system);

    /// <inheritdoc />
    public async Task OpenAsync(IServiceProvider services, ActorSystem system, CancellationToken cancellationToken)
    {
        try
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
        catch (Exception e) when (e is StoreException or ViewsUnavailableException)
        {
            throw new StartException($"{e.Message} See Scheduler:MongoDb:ConnectionString.", e);
        }
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
