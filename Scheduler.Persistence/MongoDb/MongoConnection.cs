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

    private readonly Lock _gate = new();
    private Task<MongoCollections>? _opening;
    private MongoClient? _client;
    private bool _disposed;

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
        lock (_gate)
        {
            _disposed = true;
            _client?.Dispose();
        }
    }

    private async Task<MongoCollections> ConnectAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(settings.CallTimeout);
            var client = Client();
            await RequireTransactionsAsync(client, patience.Token);
            var collections = new MongoCollections(client, settings);
            if (settings.Initialize)
            {
                // Building an index of a journal that has none takes as long as it takes.
                using var building = new CancellationTokenSource(settings.CallTimeout * 12);
                await MongoIndexes.EnsureAsync(collections, building.Token);
            }

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

    private async Task RequireTransactionsAsync(MongoClient client, CancellationToken cancellationToken)
    {
        var hello = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken);
        if (!hello.Contains("setName") && hello.GetValue("msg", "") != "isdbgrid")
        {
            throw new StoreException(
                $"The event store '{settings.Name}' is a standalone server, which has no transactions: what one PersistAll writes could be "
                + "stored by half. Make it a replica set, of one member if need be (mongod --replSet rs0, then rs.initiate()).");
        }
    }
}

/// <summary>The collections of a store, as they are written and read here.</summary>
internal sealed class MongoCollections
{
    public MongoCollections(IMongoClient client, MongoStoreSettings settings)
    {
        Client = client;
        // A recovery must find what was written before it; the connection string may prefer secondaries for others.
        Database = client.GetDatabase(
            settings.Url.DatabaseName,
            new MongoDatabaseSettings
            {
                ReadPreference = ReadPreference.Primary,
                ReadConcern = ReadConcern.Majority,
                WriteConcern = MongoConnection.Durable,
            });
        Events = Database.GetCollection<BsonDocument>(settings.Events);
        Metadata = Database.GetCollection<BsonDocument>(settings.Metadata);
        Snapshots = Database.GetCollection<BsonDocument>(settings.Snapshots);
        Checks = Database.GetCollection<BsonDocument>(settings.Events + "Check");
    }

    public IMongoClient Client { get; }

    public IMongoDatabase Database { get; }

    public IMongoCollection<BsonDocument> Events { get; }

    public IMongoCollection<BsonDocument> Metadata { get; }

    public IMongoCollection<BsonDocument> Snapshots { get; }

    /// <summary>One document that health checks write.</summary>
    public IMongoCollection<BsonDocument> Checks { get; }
}
