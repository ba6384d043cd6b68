using Akka.Configuration;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.MongoDb;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Persistence;

/// <summary>A database of its own, gone afterwards; skips the spec where there is no server.</summary>
internal sealed class MongoDatabase : IDisposable
{
    private readonly MongoClient _client;

    public MongoDatabase()
        : this(MongoServer.NewDatabase())
    {
    }

    public MongoDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        _client = new MongoClient(ConnectionString);
        Database = _client.GetDatabase(new MongoUrl(ConnectionString).DatabaseName);
    }

    public string ConnectionString { get; }

    public Config Config => MongoPersistence.Config(ConnectionString);

    public IMongoClient Client => _client;

    public IMongoDatabase Database { get; }

    public IMongoCollection<BsonDocument> Events => Database.GetCollection<BsonDocument>("EventJournal");

    public MongoStore NewStore(Func<MongoStoreSettings, MongoStoreSettings>? change = null, int? port = null)
    {
        var url = new MongoUrlBuilder(ConnectionString);
        if (port is { } through)
            url.Server = new MongoServerAddress("127.0.0.1", through);
        var settings = new MongoStoreSettings(url.ToMongoUrl());
        return new MongoStore(change?.Invoke(settings) ?? settings, TimeProvider.System);
    }

    public void Dispose()
    {
        MongoServer.Drop(ConnectionString);
        _client.Dispose();
    }
}
