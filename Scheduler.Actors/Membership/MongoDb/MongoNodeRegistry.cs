using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Membership.MongoDb;

/// <summary>The registry as a document a node, beside the jobs.</summary>
/// <param name="connectionString">The jobs' database.</param>
public sealed class MongoNodeRegistry(string connectionString) : INodeRegistry, IDisposable
{
    private const string Beginning = "begin";

    /// <summary>Entries of nodes that never said goodbye are of no use to anybody after this time.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(1);

    private readonly ClusterDatabase _database = new(connectionString);

    /// <inheritdoc />
    public Task<RegistryNow> BeatAsync(string address, long uid, NodeState state, CancellationToken cancellationToken) => CallAsync(
        async () =>
        {
            await _database.Nodes.UpdateOneAsync(
                Builders<BsonDocument>.Filter.Eq("_id", address),
                Builders<BsonDocument>.Update.Set("uid", uid).Set("state", state is NodeState.Up ? "up" : "joining").CurrentDate("at"),
                new UpdateOptions { IsUpsert = true },
                cancellationToken);
            var now = await _database.NowAsync(cancellationToken);
            var all = await _database.Nodes.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(cancellationToken);
            if (all.Exists(one => now - At(one) > s_kept))
                await _database.Nodes.DeleteManyAsync(Builders<BsonDocument>.Filter.Lt("at", now - s_kept), cancellationToken);
            return new RegistryNow(new DateTimeOffset(now), [.. all.Select(static one => new RegisteredNode(
                one["_id"].AsString, one["uid"].ToInt64(), one["state"] == "up" ? NodeState.Up : NodeState.Joining, new DateTimeOffset(At(one))))]);
        });

    /// <inheritdoc />
    public Task<bool> TryTakeBeginningAsync(string address, long uid, CancellationToken cancellationToken) =>
        CallAsync(() => _database.TryTakeAsync(Beginning, $"{address}#{uid}", INodeRegistry.Expiry, cancellationToken));

    /// <inheritdoc />
    public Task LeaveAsync(string address, long uid, CancellationToken cancellationToken) => CallAsync(
        () => _database.Nodes.DeleteOneAsync(Builders<BsonDocument>.Filter.Eq("_id", address) & Builders<BsonDocument>.Filter.Eq("uid", uid), cancellationToken));

    /// <inheritdoc />
    public void Dispose() => _database.Dispose();

    private static DateTime At(BsonDocument node) => node["at"].ToUniversalTime();

    private static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is MongoException or TimeoutException or IOException)
        {
            throw new RegistryUnavailableException(e.Message, e);
        }
    }
}
