using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The database and its collections, and the bounds that each call has. A set of collections has its number in its names.</summary>
internal sealed class ViewDatabase : IDisposable
{
    /// <summary>Bounds what somebody waits for: a query, a row.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    /// <summary>Bounds what may be large: a projection's step, an index.</summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bounds the search for a server that takes writes. The driver looks a second time before it repeats a failed read, and both searches
    /// must come to an end, and say what is wrong, before the call is given up.
    /// </summary>
    public static readonly TimeSpan SelectionLimit = TimeSpan.FromSeconds(2);

    private const int IndexOptionsConflict = 85;

    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Connects to nothing yet.</summary>
    public ViewDatabase(string connectionString)
    {
        var url = MongoUrl.Create(connectionString);
        var settings = MongoClientSettings.FromUrl(url);
        settings.ServerSelectionTimeout = Least(settings.ServerSelectionTimeout, SelectionLimit);
        settings.ConnectTimeout = Least(settings.ConnectTimeout, SelectionLimit);
        // A secondary may not have the row that a client has just been told of.
        settings.ReadPreference = ReadPreference.Primary;
        _client = new MongoClient(settings);
        _database = _client.GetDatabase(url.DatabaseName ?? throw new ArgumentException("The connection string names no database.", nameof(connectionString)));
    }

    /// <summary>What bounds a call beside <see cref="CallAsync"/>: never longer than the connection string says.</summary>
    public MongoClientSettings Settings => _client.Settings;

    /// <summary>Which sets there are.</summary>
    public IMongoCollection<BsonDocument> Meta => _database.GetCollection<BsonDocument>(ViewCollections.Meta);

    public IMongoCollection<BsonDocument> Jobs(long tables) => _database.GetCollection<BsonDocument>(ViewCollections.Jobs(tables));

    public IMongoCollection<BsonDocument> Runs(long tables) => _database.GetCollection<BsonDocument>(ViewCollections.Runs(tables));

    public IMongoCollection<BsonDocument> Offsets(long tables) => _database.GetCollection<BsonDocument>(ViewCollections.Offsets(tables));

    public IMongoCollection<BsonDocument> SetAside(long tables) => _database.GetCollection<BsonDocument>(ViewCollections.SetAside(tables));

    /// <summary>Learns whether the database answers, for somebody who waits for it.</summary>
    public Task ReachAsync(CancellationToken cancellationToken) =>
        CallAsync(stop => _database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), ReadPreference.Primary, stop), Patience, cancellationToken);

    /// <summary>Makes a set with its indexes; what is there is left as it is.</summary>
    public async Task CreateAsync(long tables, CancellationToken cancellationToken)
    {
        await Jobs(tables).Indexes.CreateManyAsync(ViewIndexes.Jobs, cancellationToken);
        await Runs(tables).Indexes.CreateManyAsync(ViewIndexes.Runs, cancellationToken);
    }

    /// <summary>
    /// Lets the server remove a set's runs that long after their end. Does nothing where it does so already; of nodes that disagree the last
    /// one is right.
    /// </summary>
    public async Task ExpireRunsAsync(long tables, TimeSpan age, CancellationToken cancellationToken)
    {
        // The server counts in whole seconds, and has room for 68 years.
        var seconds = (int)Math.Min(Math.Ceiling(age.TotalSeconds), int.MaxValue);
        try
        {
            await Runs(tables).Indexes.CreateOneAsync(ViewIndexes.RunExpiry(seconds), cancellationToken: cancellationToken);
        }
        catch (MongoCommandException e) when (e.Code is IndexOptionsConflict)
        {
            var index = new BsonDocument { { "name", ViewIndexes.Expiry }, { "expireAfterSeconds", seconds } };
            await _database.RunCommandAsync<BsonDocument>(new BsonDocument { { "collMod", ViewCollections.Runs(tables) }, { "index", index } }, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Drops all sets but some.</summary>
    public async Task DropOthersAsync(IReadOnlyCollection<long> kept, CancellationToken cancellationToken)
    {
        using var names = await _database.ListCollectionNamesAsync(cancellationToken: cancellationToken);
        foreach (var name in await names.ToListAsync(cancellationToken))
        {
            if (ViewCollections.SetOf(name) is { } tables && !kept.Contains(tables))
                await _database.DropCollectionAsync(name, cancellationToken);
        }
    }

    /// <summary>Makes a call that ends in time, whatever the database does.</summary>
    /// <exception cref="ViewsUnavailableException">It did not end well.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_closed.IsCancellationRequested)
            throw new ViewsUnavailableException("The view store is closed.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        limit.CancelAfter(patience);
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException or ObjectDisposedException or BsonException)
        {
            var reason = _closed.IsCancellationRequested ? "it is closed." : DatabaseProblem.Describe(e, _client);
            throw new ViewsUnavailableException($"The view store on MongoDB can't be used: {reason}", e);
        }
    }

    public void Dispose()
    {
        if (_closed.IsCancellationRequested)
            return;
        _closed.Cancel();
        _client.Dispose();
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
