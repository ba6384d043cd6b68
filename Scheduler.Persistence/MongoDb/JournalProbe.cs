using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.MongoDb;

/// <summary>What <see cref="MongoTail"/> asks of the journal's collection. No answer is waited for longer than a limit.</summary>
internal sealed class JournalProbe(IMongoCollection<BsonDocument> journal, TimeProvider time, TimeSpan limit)
{
    private const string Id = "_id";
    private const string Ordering = "Ordering";

    private static readonly SortDefinition<BsonDocument> s_ascending = Builders<BsonDocument>.Sort.Ascending(Ordering);
    private static readonly SortDefinition<BsonDocument> s_descending = Builders<BsonDocument>.Sort.Descending(Ordering);
    private static readonly ProjectionDefinition<BsonDocument> s_keys = Builders<BsonDocument>.Projection.Include(Id).Include(Ordering);

    public static long OrderingOf(BsonDocument document) => document[Ordering].AsBsonTimestamp.Value;

    /// <summary>From the <c>_id</c> alone: a persistence id, which may have underscores, an underscore, and the number.</summary>
    public static EventKey KeyOf(BsonDocument document)
    {
        var id = document[Id].ToString()!;
        var bar = id.LastIndexOf('_');
        return bar >= 0 && long.TryParse(id.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNr)
            ? new EventKey(id[..bar], sequenceNr)
            : new EventKey(id, 0);
    }

    /// <summary>0 for an empty journal.</summary>
    public async Task<long> MaxOrderingAsync(CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        var last = await journal.Find(FilterDefinition<BsonDocument>.Empty).Sort(s_descending).Limit(1).Project(s_keys).FirstOrDefaultAsync(limited.Token);
        return last is null ? 0 : OrderingOf(last);
    }

    /// <summary>
    /// Hands over documents above an ordering, ascending, in pieces as they come from the server; returns how many, which is the count where there may be more. All of
    /// the last ordering are handed over then, however many share it, and those a second time that were before.
    /// </summary>
    public async Task<int> ReadAsync(long after, int count, Func<IReadOnlyList<BsonDocument>, Task> onPiece, CancellationToken cancellationToken)
    {
        BsonValue? last = null;
        var read = await EachAsync(
            Builders<BsonDocument>.Filter.Gt(Ordering, new BsonTimestamp(after)),
            new FindOptions<BsonDocument> { Sort = s_ascending, Limit = count },
            piece =>
            {
                last = piece[^1][Ordering];
                return onPiece(piece);
            },
            cancellationToken);
        if (read == count)
            await EachAsync(Builders<BsonDocument>.Filter.Eq(Ordering, last), new FindOptions<BsonDocument>(), onPiece, cancellationToken);
        return read;
    }

    /// <summary>How many there are between two orderings. Takes the server a tenth of what listing them does.</summary>
    public async Task<long> CountAsync(long after, long upTo, CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        return await journal.CountDocumentsAsync(Between(after, upTo), cancellationToken: limited.Token);
    }

    /// <summary>Hands over ids and orderings between two orderings, in pieces.</summary>
    public Task<int> ReadKeysAsync(long after, long upTo, Func<IReadOnlyList<BsonDocument>, Task> onPiece, CancellationToken cancellationToken) =>
        EachAsync(
            Between(after, upTo),
            new FindOptions<BsonDocument> { Sort = s_ascending, Projection = s_keys, BatchSize = 5_000 },
            onPiece,
            cancellationToken);

    /// <summary>Hands over the documents that have these ids and are there still, ascending.</summary>
    public Task<int> ReadAsync(IEnumerable<BsonValue> ids, Func<IReadOnlyList<BsonDocument>, Task> onPiece, CancellationToken cancellationToken) =>
        EachAsync(Builders<BsonDocument>.Filter.In(Id, ids), new FindOptions<BsonDocument> { Sort = s_ascending }, onPiece, cancellationToken);

    /// <summary>Hands over those documents that have these ids, are there still, and lie above an ordering.</summary>
    public Task<int> ReadAsync(
        IEnumerable<BsonValue> ids, long after, Func<IReadOnlyList<BsonDocument>, Task> onPiece, CancellationToken cancellationToken) =>
        EachAsync(
            Builders<BsonDocument>.Filter.In(Id, ids) & Builders<BsonDocument>.Filter.Gt(Ordering, new BsonTimestamp(after)),
            new FindOptions<BsonDocument>(),
            onPiece,
            cancellationToken);

    private static FilterDefinition<BsonDocument> Between(long after, long upTo) =>
        Builders<BsonDocument>.Filter.Gt(Ordering, new BsonTimestamp(after)) & Builders<BsonDocument>.Filter.Lte(Ordering, new BsonTimestamp(upTo));

    private async Task<int> EachAsync(
        FilterDefinition<BsonDocument> filter,
        FindOptions<BsonDocument> options,
        Func<IReadOnlyList<BsonDocument>, Task> onPiece,
        CancellationToken cancellationToken)
    {
        using var first = Limited(cancellationToken);
        using var cursor = await journal.FindAsync(filter, options, first.Token);
        var count = 0;
        while (true)
        {
            using var limited = Limited(cancellationToken);
            if (!await cursor.MoveNextAsync(limited.Token))
                return count;
            IReadOnlyList<BsonDocument> piece = [.. cursor.Current];
            count += piece.Count;
            if (piece.Count > 0)
                await onPiece(piece);
        }
    }

    /// <summary>A connection that is cut without a word would be waited on for ever.</summary>
    private Limit Limited(CancellationToken cancellationToken) => new(limit, time, cancellationToken);

    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;

        public Limit(TimeSpan after, TimeProvider time, CancellationToken cancellationToken)
        {
            _timeout = new CancellationTokenSource(after, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, cancellationToken);
        }

        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}
