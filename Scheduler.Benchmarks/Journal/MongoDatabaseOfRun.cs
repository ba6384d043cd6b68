using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Benchmarks.Journal;

/// <summary>A database of this run's own, whatever database the connection string names; gone with it.</summary>
internal sealed class MongoDatabaseOfRun : IAsyncDisposable
{
    private readonly MongoClient _client;
    private readonly string _name = $"scheduler-bench-{Guid.NewGuid():N}";

    public MongoDatabaseOfRun(string server)
    {
        var url = new MongoUrlBuilder(server) { DatabaseName = _name };
        // Where no other is named, accounts are those of the database that the string names, and not of this run's.
        url.AuthenticationSource ??= new MongoUrl(server).DatabaseName;
        ConnectionString = url.ToString();
        _client = new MongoClient(ConnectionString);
    }

    /// <summary>Names this database.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the journal's events are.</summary>
    public IMongoCollection<BsonDocument> Events => _client.GetDatabase(_name).GetCollection<BsonDocument>("EventJournal");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DropDatabaseAsync(_name);
        _client.Dispose();
    }
}
