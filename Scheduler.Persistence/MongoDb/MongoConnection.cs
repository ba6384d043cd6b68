using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// The driver's client and the collections. Opened once, by whoever comes first; a database that can't be opened is tried again by the
/// next call.
/// </summary>
internal sealed class MongoConnection(MongoStoreSettings settings) : IDisposable
{
    /// <summary>A write is told as done only when a majority has it on disk.</summary>
    public static readonly WriteConcern Durable = WriteConcern.WMajority.With(journal: true);

    // A database that is away must not hold up the end.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<MongoCollections>? _opening;
    private MongoClient? _client;
    private bool _disposed;

    /// <summary>The sessions of its transactions.</summary>
    public MongoSessions Sessions { get; } = new();

    /// <summary>How it works.</summary>
    public MongoStoreSettings Settings => settings;

    /// <summary>The collections, opened.</summary>
    /// <exception cref="StoreException">They can't be.</exception>
    public ValueTask<MongoCollections> OpenAsync(CancellationToken cancellationToken)
    {
        Task<MongoCollections> opening;
        lock (_gate)
        {
            if (_disposed)
                throw new StoreException($"The event store '{settings.Name}' is closed.");
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled)
                _opening = Task.Run(ConnectAsync, CancellationToken.None);
            opening = _opening;
        }

        return opening.IsCompletedSuccessfully ? new(opening.Result) : new(opening.WaitAsync(cancellationToken));
    }

    public void Dispose()
    {
        Task<MongoCollections>? opened;
        lock (_gate)
        {
            _disposed = true;
            opened = _opening;
        }

        if (opened is { IsCompletedSuccessfully: true })
        {
            using var grace = new CancellationTokenSource(s_grace);
            Task.Run(() => Sessions.ForgetAsync(opened.Result, grace.Token), CancellationToken.None).GetAwaiter().GetResult();
        }

        lock (_gate)
        {
            _client?.Dispose();
        }
    }

    private async Task<MongoCollections> ConnectAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(settings.CallTimeout);
            var client = Client();
            var collections = new MongoCollections(client, settings, await HasTransactionsAsync(client, patience.Token));
            if (settings.Initialize)
            {
                // Building an index of a journal that has none takes as long as it takes.
                using var building = new CancellationTokenSource(settings.CallTimeout * 12);
                await MongoIndexes.EnsureAsync(collections, building.Token);
            }

            // Of the time before the server became a replica set, too.
            using var finishing = new CancellationTokenSource(settings.CallTimeout);
            await MongoUnfinished.FinishAllAsync(collections, finishing.Token);
            if (collections.HasTransactions)
                await MongoSessions.EndDeadAsync(collections, finishing.Token);
            return collections;
        }
        catch (Exception e)
        {
            throw MongoFailures.Explain(settings.Name, e);
        }
    }

    private MongoClient Client()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_client is not null)
                return _client;
            var options = MongoClientSettings.FromUrl(settings.Url);
            // Within the time that a call has: then it is certain that nothing was sent.
            if (!settings.Url.Url.Contains("serverSelectionTimeout", StringComparison.OrdinalIgnoreCase))
                options.ServerSelectionTimeout = settings.CallTimeout * 0.8;
            return _client = new MongoClient(options);
        }
    }

    /// <summary>A replica set or a sharded cluster has.</summary>
    private static async Task<bool> HasTransactionsAsync(MongoClient client, CancellationToken cancellationToken)
    {
        var hello = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken);
        return hello.Contains("setName") || hello.GetValue("msg", "") == "isdbgrid";
    }
}

/// <summary>The collections of a store, as they are written and read here.</summary>
internal sealed class MongoCollections
{
    public MongoCollections(IMongoClient client, MongoStoreSettings settings, bool hasTransactions)
    {
        Client = client;
        HasTransactions = hasTransactions;
        // A recovery must find what was written before it; the connection string may prefer secondaries for others.
        Database = client.GetDatabase(
            settings.Url.DatabaseName,
            new MongoDatabaseSettings
            {
                ReadPreference = ReadPreference.Primary,
                // A server that is alone has no majority to wait for.
                ReadConcern = hasTransactions ? ReadConcern.Majority : ReadConcern.Local,
                WriteConcern = MongoConnection.Durable,
            });
        Events = Database.GetCollection<BsonDocument>(settings.Events);
        Metadata = Database.GetCollection<BsonDocument>(settings.Metadata);
        Snapshots = Database.GetCollection<BsonDocument>(settings.Snapshots);
        Unfinished = Database.GetCollection<BsonDocument>(settings.Events + "Unfinished");
        // Lost with its process, not with its server: it needn't be on a disk.
        Sessions = Database.GetCollection<BsonDocument>(settings.Events + "Sessions").WithWriteConcern(WriteConcern.W1);
        Checks = Database.GetCollection<BsonDocument>(settings.Events + "Check");
    }

    public IMongoClient Client { get; }

    /// <summary>False for a standalone server.</summary>
    public bool HasTransactions { get; }

    public IMongoDatabase Database { get; }

    public IMongoCollection<BsonDocument> Events { get; }

    public IMongoCollection<BsonDocument> Metadata { get; }

    public IMongoCollection<BsonDocument> Snapshots { get; }

    /// <summary>Atomic writes that a server without transactions takes by parts, as long as they are under way.</summary>
    public IMongoCollection<BsonDocument> Unfinished { get; }

    /// <summary>The sessions of nodes' transactions, by which their successors end them.</summary>
    public IMongoCollection<BsonDocument> Sessions { get; }

    /// <summary>One document that health checks write.</summary>
    public IMongoCollection<BsonDocument> Checks { get; }
}
