using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Membership.MongoDb;

/// <summary>The collections that nodes agree through, and the server's clock.</summary>
internal sealed class ClusterDatabase : IDisposable
{
    /// <summary>How long one call may take.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;

    public ClusterDatabase(string connectionString)
    {
        var url = MongoUrl.Create(connectionString);
        var settings = MongoClientSettings.FromUrl(url);
        settings.ServerSelectionTimeout = s_patience;
        _client = new MongoClient(settings);
        _database = _client.GetDatabase(
            url.DatabaseName,
            new MongoDatabaseSettings { ReadPreference = ReadPreference.Primary, ReadConcern = ReadConcern.Majority, WriteConcern = WriteConcern.WMajority });
    }

    public IMongoCollection<BsonDocument> Nodes => _database.GetCollection<BsonDocument>("cluster_nodes");

    public IMongoCollection<BsonDocument> Leases => _database.GetCollection<BsonDocument>("cluster_leases");

    /// <summary>What the server's clock shows.</summary>
    public async Task<DateTime> NowAsync(CancellationToken cancellationToken) =>
        (await _database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken))["localTime"].ToUniversalTime();

    /// <summary>Takes or renews a lease: it is the owner's until that long from now, by the server's clock.</summary>
    /// <returns>Whether it is.</returns>
    public async Task<bool> TryTakeAsync(string lease, string owner, TimeSpan good, CancellationToken cancellationToken)
    {
        var now = await NowAsync(cancellationToken);
        var free = Builders<BsonDocument>.Filter.Eq("_id", lease)
            & (Builders<BsonDocument>.Filter.Eq("owner", owner) | Builders<BsonDocument>.Filter.Lt("until", now));
        try
        {
            var result = await Leases.UpdateOneAsync(
                free,
                Builders<BsonDocument>.Update.Set("owner", owner).Set("until", now + good),
                new UpdateOptions { IsUpsert = true },
                cancellationToken);
            return result.MatchedCount > 0 || result.UpsertedId is not null;
        }
        catch (MongoWriteException e) when (e.WriteError?.Category is ServerErrorCategory.DuplicateKey)
        {
            // There is one, and it is somebody else's.
            return false;
        }
    }

    /// <summary>Gives a lease back; one that is somebody else's by now stays.</summary>
    public Task ReleaseAsync(string lease, string owner, CancellationToken cancellationToken) => Leases.DeleteOneAsync(
        Builders<BsonDocument>.Filter.Eq("_id", lease) & Builders<BsonDocument>.Filter.Eq("owner", owner), cancellationToken);

    public void Dispose() => _client.Dispose();
}
