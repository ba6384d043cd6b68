using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Which sets of collections there are.</summary>
/// <param name="Live">The one that queries read.</param>
/// <param name="Rebuilt">The one that is being rebuilt.</param>
/// <param name="Retired">The one that was live before: nodes that don't know yet still read it.</param>
internal sealed record SetNumbers(long Live, long? Rebuilt, long? Retired)
{
    /// <summary>What the live one is being filled with; null when it is whole.</summary>
    public ViewsFilling? Filling { get; init; }

    /// <summary>Where rows are written.</summary>
    public IEnumerable<long> Written => new[] { Live, Rebuilt, Retired }.OfType<long>();
}

/// <summary>
/// Which sets there are, as all nodes agree on it: one document. What a node knows of it is never older than <c>freshFor</c> when it is used;
/// whoever changes it waits that long where others must know first.
/// </summary>
internal sealed class ViewSets : IDisposable
{
    /// <summary>The layout's number. A database with an older one is filled from the journal again.</summary>
    public const int Schema = 2;

    private const string Key = "views";

    private static readonly FilterDefinition<BsonDocument> One = new BsonDocument(ViewFields.Id, Key);

    private readonly ViewDatabase _database;
    private readonly TimeSpan _freshFor;
    private readonly TimeSpan? _runAge;
    private readonly SemaphoreSlim _reading = new(1);
    private readonly CancellationTokenSource _stop = new();
    private SetNumbers? _known;
    private LiveTables? _live;
    private long _knownSince;
    private long? _retired;
    private long _retiredSince;
    private long? _expiring;

    public ViewSets(ViewDatabase database, TimeSpan freshFor, TimeSpan? runAge)
    {
        _runAge = runAge;
        _database = database;
        _freshFor = freshFor;
    }

    /// <summary>How long a set is kept after it was replaced: no call that began when it was live takes longer.</summary>
    private static TimeSpan KeptFor => ViewDatabase.LongPatience + ViewDatabase.Patience;

    /// <summary>Makes what is not there, and shows that the database takes writes.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _database.ReachAsync(cancellationToken);
        await _database.CallAsync(
            async stop =>
            {
                await ReadAsync(stop);
                await _database.CreateAsync(_known!.Live, stop);
                await ExpireRunsAsync(_known, stop);
                return await _database.Meta.UpdateOneAsync(One, new BsonDocument("$inc", new BsonDocument("opened", 1L)), cancellationToken: stop);
            },
            ViewDatabase.LongPatience,
            cancellationToken);
        _ = Task.Run(FollowAsync, CancellationToken.None);
    }

    /// <summary>The sets, as all nodes know them.</summary>
    public async ValueTask<SetNumbers> CurrentAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
            return known;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return Fresh() ?? await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The live set, with a signal of its end.</summary>
    public async ValueTask<ViewTables> LiveAsync(CancellationToken cancellationToken)
    {
        await CurrentAsync(cancellationToken);
        return Volatile.Read(ref _live)!.Tables;
    }

    /// <summary>Makes an empty set, which all nodes write to when this returns.</summary>
    public async Task<long> BeginRebuildAsync(CancellationToken cancellationToken)
    {
        var next = (await MoveAsync(One, new BsonDocument("$inc", new BsonDocument("last", 1L)), cancellationToken))!["last"].ToInt64();
        await _database.CreateAsync(next, cancellationToken);
        await MoveAsync(One, new BsonDocument("$set", new BsonDocument("rebuilt", next)), cancellationToken);
        var sets = await ReadAsync(cancellationToken);
        await _database.DropOthersAsync([.. sets.Written, next], cancellationToken);
        await Task.Delay(_freshFor, TimeProvider.System, cancellationToken);
        return next;
    }

    public async Task CompleteRebuildAsync(long tables, CancellationToken cancellationToken)
    {
        var live = (await ReadAsync(cancellationToken)).Live;
        var moved = await MoveAsync(
            new BsonDocument { { ViewFields.Id, Key }, { "rebuilt", tables }, { "live", live } },
            new BsonDocument
            {
                { "$set", new BsonDocument { { "live", tables }, { "retired", live } } },
                { "$unset", new BsonDocument { { "rebuilt", "" }, { ViewOrigin.Filling, "" } } },
            },
            cancellationToken);
        if (moved is null)
            throw new ViewsUnavailableException($"The set {tables} of view collections is not the one that is being rebuilt.");
        await ReadAsync(cancellationToken);
    }

    public async Task AbandonRebuildAsync(long tables, CancellationToken cancellationToken)
    {
        var mine = new BsonDocument { { ViewFields.Id, Key }, { "rebuilt", tables } };
        await MoveAsync(mine, new BsonDocument("$unset", new BsonDocument("rebuilt", "")), cancellationToken);
        // Its collections go with the next rebuild: other nodes may still be writing to them.
        await ReadAsync(cancellationToken);
    }

    /// <summary>The live set is whole.</summary>
    public async Task CompleteFillingAsync(long tables, CancellationToken cancellationToken)
    {
        await MoveAsync(new BsonDocument { { ViewFields.Id, Key }, { "live", tables } }, new BsonDocument("$unset", new BsonDocument(ViewOrigin.Filling, "")), cancellationToken);
        await ReadAsync(cancellationToken);
    }

    /// <summary>Makes a tiny write.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        _database.Meta.UpdateOneAsync(One, new BsonDocument("$currentDate", new BsonDocument("checked_at", true)), cancellationToken: cancellationToken);

    /// <summary>Compares the live set with the journal; puts an empty one in its place when they don't belong together. Tells why.</summary>
    public async Task<string?> FollowAsync(Func<CancellationToken, Task<JournalMark>> journal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        var found = await _database.Meta.Find(One).FirstAsync(cancellationToken);
        var live = found["live"].ToInt64();
        var offset = await ViewOrigin.HighestOffsetAsync(_database, live, cancellationToken);
        var mark = await journal(cancellationToken);
        var reason = mark.Mismatch(ViewOrigin.JournalOf(found), [], offset);
        var asItWas = new BsonDocument { { ViewFields.Id, Key }, { "live", live } };
        if (reason is null)
        {
            var noted = new BsonDocument(ViewOrigin.Journal, mark.Journal);
            // Views that have nothing of a journal that has something were dropped, or never were.
            if (offset == 0 && mark.Head > 0 && !found.Contains(ViewOrigin.Filling))
                noted.Add(ViewOrigin.Filling, ViewOrigin.ToDocument(ViewsFilling.Begin(now, "there were no views", mark.Head)));
            await MoveAsync(asItWas, new BsonDocument("$set", noted), cancellationToken);
            await ReadAsync(cancellationToken);
            return null;
        }

        var next = (await MoveAsync(One, new BsonDocument("$inc", new BsonDocument("last", 1L)), cancellationToken))!["last"].ToInt64();
        await _database.CreateAsync(next, cancellationToken);
        var moved = await MoveAsync(
            asItWas,
            new BsonDocument
            {
                {
                    "$set",
                    new BsonDocument
                    {
                        { "live", next },
                        { "retired", live },
                        { ViewOrigin.Journal, mark.Journal },
                        { ViewOrigin.Filling, ViewOrigin.ToDocument(ViewsFilling.Begin(now, reason, mark.Head)) },
                    }
                },
                { "$unset", new BsonDocument("rebuilt", "") },
            },
            cancellationToken);
        await ReadAsync(cancellationToken);
        // Null: another node has done the same meanwhile.
        return moved is null ? null : reason;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _live?.Dispose();
    }

    private SetNumbers? Fresh() =>
        TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _knownSince)) < _freshFor ? Volatile.Read(ref _known) : null;

    private async Task<BsonDocument?> MoveAsync(FilterDefinition<BsonDocument> filter, BsonDocument update, CancellationToken cancellationToken) =>
        await _database.Meta.FindOneAndUpdateAsync<BsonDocument>(
            filter, update, new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After }, cancellationToken);

    private async Task<SetNumbers> ReadAsync(CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        var found = await _database.Meta.Find(One).FirstOrDefaultAsync(cancellationToken) ?? await MakeAsync(cancellationToken);
        var schema = found["schema"].ToInt32();
        if (schema > Schema)
        {
            throw new ViewsUnavailableException(
                $"The views in MongoDB have schema {schema}, and this release knows up to {Schema}: they were written by a newer one. Start that release, or drop the collection {ViewCollections.Meta}: the views are filled from the journal again.");
        }

        if (schema < Schema)
            found = await RenewAsync(found, cancellationToken);
        var sets = new SetNumbers(found["live"].ToInt64(), Number(found, "rebuilt"), Number(found, "retired")) { Filling = ViewOrigin.FillingOf(found) };
        Learn(sets, since);
        return sets;
    }

    private void Learn(SetNumbers sets, long since)
    {
        if (sets.Retired != _retired)
            (_retired, _retiredSince) = (sets.Retired, since);
        var before = _live;
        if (before?.Tables.Id != sets.Live)
        {
            Volatile.Write(ref _live, new LiveTables(sets.Live, sets.Filling));
            before?.Dispose();
        }
        else if (before.Tables.Filling != sets.Filling)
        {
            before.SetFilling(sets.Filling);
        }

        Volatile.Write(ref _known, sets);
        Interlocked.Exchange(ref _knownSince, since);
    }

    /// <summary>
    /// The first document, on a database without one. Its set is one that this process has never known: nobody may go on in it from where
    /// they stood in another.
    /// </summary>
    private async Task<BsonDocument> MakeAsync(CancellationToken cancellationToken)
    {
        var tables = (_known?.Written.Max() ?? 0) + 1;
        await _database.CreateAsync(tables, cancellationToken);
        var first = new BsonDocument("$setOnInsert", new BsonDocument { { "schema", Schema }, { "live", tables }, { "last", tables } });
        try
        {
            await _database.Meta.UpdateOneAsync(One, first, new UpdateOptions { IsUpsert = true }, cancellationToken);
        }
        catch (MongoWriteException e) when (e.WriteError?.Category is ServerErrorCategory.DuplicateKey)
        {
            // Another node was first.
        }

        return await _database.Meta.Find(One).FirstAsync(cancellationToken);
    }

    private async Task<BsonDocument> RenewAsync(BsonDocument old, CancellationToken cancellationToken)
    {
        var next = old["last"].ToInt64() + 1;
        await _database.CreateAsync(next, cancellationToken);
        await MoveAsync(
            new BsonDocument { { ViewFields.Id, Key }, { "schema", old["schema"] } },
            new BsonDocument
            {
                { "$set", new BsonDocument { { "schema", Schema }, { "live", next }, { "last", next } } },
                { "$unset", new BsonDocument { { "rebuilt", "" }, { "retired", "" } } },
            },
            cancellationToken);
        return await _database.Meta.Find(One).FirstAsync(cancellationToken);
    }

    /// <summary>Keeps what is known fresh, so that neither a query nor a row has to; and drops what was retired.</summary>
    private async Task FollowAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_freshFor / 3, TimeProvider.System, _stop.Token);
                try
                {
                    await _database.CallAsync(FollowOnceAsync, ViewDatabase.LongPatience, _stop.Token);
                }
                catch (ViewsUnavailableException)
                {
                    // Whoever needs to know finds out, and says so.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private async Task<SetNumbers> FollowOnceAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        SetNumbers sets;
        try
        {
            sets = await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }

        await ExpireRunsAsync(sets, cancellationToken);
        if (sets.Retired is { } retired && TimeProvider.System.GetElapsedTime(_retiredSince) > KeptFor)
        {
            var over = new BsonDocument { { ViewFields.Id, Key }, { "retired", retired } };
            await MoveAsync(over, new BsonDocument("$unset", new BsonDocument("retired", "")), cancellationToken);
            await _database.DropOthersAsync([.. (await ReadAsync(cancellationToken)).Written], cancellationToken);
        }

        return sets;
    }

    /// <summary>
    /// Only of the live set: in one that is being rebuilt, runs that ended long ago are still being told of, and must be there until all
    /// is told.
    /// </summary>
    private async Task ExpireRunsAsync(SetNumbers sets, CancellationToken cancellationToken)
    {
        if (_runAge is not { } age || _expiring == sets.Live)
            return;
        await _database.ExpireRunsAsync(sets.Live, age, cancellationToken);
        _expiring = sets.Live;
    }

    private static long? Number(BsonDocument document, string field) => document.TryGetValue(field, out var value) ? value.ToInt64() : null;
}
