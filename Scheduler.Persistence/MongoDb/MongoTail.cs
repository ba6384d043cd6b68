using System.Threading.Channels;
using Akka.Event;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Follows a journal that several nodes write and publishes what becomes readable, each event once. A cursor looks for what is above the
/// head; but an ordering is given when an event is inserted and not when its transaction commits, so events appear below the head as
/// well. Therefore every event is listed once more when it is settled: seven seconds old, when nothing appears below it any more. What is
/// new there is published late, but before later events of its persistence id: whoever has seen an event may count on those before it. So that most of those needn't wait so long, the overlap is counted once a second or, where that takes
/// long, every two; when it isn't as many as were seen, it is listed whole. What is later still, as no writer of this program is, is
/// found by a longer list every half minute; a query that has just lost its place may miss it.
/// </summary>
/// <remarks>
/// <para>
/// No event is published further below the head than the overlap: one that appears late is less than seven seconds deep then, and the
/// list that finds it begins two seconds after the last one at the latest, as the cursor rests where none did; clocks are read in whole
/// seconds, which makes it three. That is why the list is read before the cursor moves wherever one is due, after an outage above all,
/// and begins where the last one that was read ended: an outage doesn't move it. How old an event is, is told by the server's clock, of
/// which the head is a reading, and by the time that went by since the head was read.
/// </para>
/// <para>
/// A count can deceive: one event that was deleted and one that is late are as many as before. Then the late one is found when it is
/// settled, still within the overlap. Nothing depends on the count but how soon. Where events are deleted while they are young, counts
/// differ until those leave the overlap, which is listed each time until then.
/// </para>
/// </remarks>
internal sealed class MongoTail : IDisposable, IAsyncDisposable
{
    private const int LatePage = 500;

    // As many events at once come from a journal that is busy; it is read so many times less often.
    private const int BusyRead = 50;
    private const int BusyIntervals = 3;

    // Orderings: the upper half is seconds.
    private const int SecondBits = 32;

    // The cursor rests when no list began since: with the seven seconds after which an event is settled, it is within the overlap.
    private static readonly TimeSpan s_listsApart = TimeSpan.FromSeconds(2);

    // A busy journal's list is long. It comes less often then, so that it takes a tenth of the time, but never less often than it must.
    private const int ListsRest = 10;

    private readonly JournalProbe _journal;
    private readonly JournalWatch? _watch;
    private readonly Func<BsonDocument, EventRecord> _read;
    private readonly EventTail _tail;
    private readonly TimeProvider _time;
    private readonly MongoTailSettings _settings;
    private readonly ILoggingAdapter _log;
    // Stretches of a second.
    private readonly SeenEvents _seen = new(MongoTailSettings.FarOverlap, (int)(MongoTailSettings.FarOverlap >> SecondBits));
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _following = Task.CompletedTask;
    private ITimer? _timer;
    private long _head;
    private long _listedTo;
    private long _listedAt;
    private TimeSpan _listTook;
    private long _listedFarAt;
    private long _movedAt;
    private int _disposed;

    /// <summary>Made without touching the database yet.</summary>
    /// <param name="journal">The journal's collection, read from the primary.</param>
    /// <param name="read">Makes the event of a document, its ordering included.</param>
    /// <param name="tail">Where it is published; nobody else publishes there.</param>
    /// <param name="time">The clock that intervals are taken by.</param>
    /// <param name="settings">How it is followed.</param>
    /// <param name="log">Told when the database can't be read, and can be again.</param>
    public MongoTail(
        IMongoCollection<BsonDocument> journal,
        Func<BsonDocument, EventRecord> read,
        EventTail tail,
        TimeProvider time,
        MongoTailSettings settings,
        ILoggingAdapter? log = null)
    {
        _journal = new JournalProbe(journal, time, settings.MaxRetryDelay);
        _read = read;
        _tail = tail;
        _time = time;
        _settings = settings;
        _log = log ?? NoLogger.Instance;
        _watch = settings.UseChangeStream ? new JournalWatch(journal, Wake, time, settings.MaxRetryDelay, _log) : null;
    }

    /// <summary>Called with documents before they are published; they wait until it is done.</summary>
    public Func<IReadOnlyList<BsonDocument>, CancellationToken, Task>? Settle { get; init; }

    /// <summary>Begins at the journal's end; after a failure it may be called again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _head = await _journal.MaxOrderingAsync(cancellationToken);
        _listedTo = Below(_head);
        _listedAt = _listedFarAt = _movedAt = _time.GetTimestamp();
        await _journal.ReadKeysAsync(
            FarBelow(_listedTo),
            _head,
            keys =>
            {
                foreach (var key in keys)
                    _seen.Add(JournalProbe.KeyOf(key), JournalProbe.OrderingOf(key));
                return Task.CompletedTask;
            },
            cancellationToken);
        _tail.SkipTo(_head);
        _timer = _time.CreateTimer(_ => Wake(), state: null, _settings.PollInterval, _settings.PollInterval);
        _following = Task.Run(FollowAsync, CancellationToken.None);
        _watch?.Start();
    }

    /// <summary>Something was written: look now. Cheap, from any thread.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>This node wrote: look now, and expect to be told so of the next one. Cheap, from any thread.</summary>
    public void Written()
    {
        _watch?.Written();
        Wake();
    }

    /// <summary>Whether a change stream is open; it rests while this node writes much.</summary>
    public bool IsWatching => _watch is { IsOpen: true };

    /// <summary>Stops following, and waits until nothing is published any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        _wakes.Writer.TryComplete();
        if (_timer is not null)
            await _timer.DisposeAsync();
        if (_watch is not null)
            await _watch.DisposeAsync();
        await _following;
        _stop.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync" />
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private async Task FollowAsync()
    {
        var failures = 0;
        while (await _wakes.Reader.WaitToReadAsync())
        {
            try
            {
                if (_time.GetElapsedTime(_listedAt) >= ListsApart())
                    await ListAsync();
                var polledAt = TimeProvider.System.GetTimestamp();
                var read = await PollAsync();
                if (failures > 0)
                    _log.Info("The MongoDB journal can be followed again");
                failures = 0;
                // Each of many commits wakes it. What they wrote is one read.
                if (Interval(read) - TimeProvider.System.GetElapsedTime(polledAt) is var pause && pause > TimeSpan.Zero)
                    await Task.Delay(pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // It is tried again for as long as the node runs; one line for each outage is enough.
                if (failures++ == 0)
                    _log.Warning(e, "The MongoDB journal can't be followed; live queries wait until it can");
                await DelayAsync(failures);
            }
        }
    }

    private TimeSpan ListsApart()
    {
        var apart = TimeSpan.FromTicks(Math.Min((_listTook * ListsRest).Ticks, s_listsApart.Ticks));
        return apart > _settings.OverlapInterval ? apart : _settings.OverlapInterval;
    }

    /// <summary>A read costs a server about what inserting ten events does, so a busy journal is read in larger pieces.</summary>
    private TimeSpan Interval(int read) => read < BusyRead ? _settings.LeastInterval : _settings.LeastInterval * BusyIntervals;

    /// <summary>Publishes what is above the head, and returns how many events were there.</summary>
    private async Task<int> PollAsync()
    {
        _wakes.Reader.TryRead(out _);
        var sum = 0;
        int count;
        do
        {
            if (_time.GetElapsedTime(_listedAt) >= s_listsApart)
                await ListAsync();
            count = await _journal.ReadAsync(_head, _settings.PageSize, PublishNewAsync, _stop.Token);
            sum += count;
        }
        while (count == _settings.PageSize);
        return sum;
    }

    private async Task PublishNewAsync(IReadOnlyList<BsonDocument> documents)
    {
        await PublishAsync(documents);
        _head = JournalProbe.OrderingOf(documents[^1]);
        _movedAt = _time.GetTimestamp();
    }

    /// <summary>Finds what appeared below the head.</summary>
    private async Task ListAsync()
    {
        var startedAt = _time.GetTimestamp();
        var isFar = _time.GetElapsedTime(_listedFarAt) >= _settings.FarInterval
            && _time.GetElapsedTime(_movedAt, _listedFarAt) <= TimeSpan.FromSeconds(MongoTailSettings.FarOverlap >> SecondBits);
        var settled = Settled(startedAt);
        // Whatever was under way when the head last moved has been listed since: nothing can be late.
        var isOver = _listedTo == _head && _time.GetElapsedTime(_movedAt, _listedAt) > TimeSpan.FromSeconds(MongoTailSettings.Overlap >> SecondBits);
        if (isFar)
            await PublishLateAsync(FarBelow(_listedTo), _head);
        else if (!isOver)
            await ListNearAsync(settled);
        _listedTo = settled;
        _listedAt = startedAt;
        _listTook = _time.GetElapsedTime(startedAt);
        if (isFar)
            _listedFarAt = startedAt;
        _seen.Forget(FarBelow(_listedTo));
    }

    private async Task ListNearAsync(long settled)
    {
        var all = _seen.EndOfStretch(Math.Min(_listedTo, Below(_head)));
        if (await _journal.CountAsync(all, _head, _stop.Token) != _seen.CountAbove(all))
            await PublishLateAsync(all, _head);
        else if (settled > _listedTo)
            await PublishLateAsync(_listedTo, settled);
    }

    /// <summary>Up to where nothing appears any more, as far as is known; never lower than the last time.</summary>
    private long Settled(long now)
    {
        var rest = MongoTailSettings.Settling - _time.GetElapsedTime(_movedAt, now);
        return rest <= TimeSpan.Zero ? _head : Math.Max(_listedTo, _head - ((long)Math.Ceiling(rest.TotalSeconds) << SecondBits));
    }

    private async Task PublishLateAsync(long after, long upTo)
    {
        var late = new List<BsonValue>();
        await _journal.ReadKeysAsync(
            after,
            upTo,
            async keys =>
            {
                foreach (var key in keys)
                {
                    if (!_seen.Contains(JournalProbe.KeyOf(key), JournalProbe.OrderingOf(key)))
                        late.Add(key["_id"]);
                }

                // A long list must not hold up what is new, nor be left behind by it.
                if (_time.GetElapsedTime(_listedAt) < s_listsApart && _wakes.Reader.TryPeek(out _))
                    await PollOnceAsync();
            },
            _stop.Token);
        foreach (var ids in late.Chunk(LatePage))
            await _journal.ReadAsync(ids, PublishAsync, _stop.Token);
    }

    private async Task PollOnceAsync()
    {
        _wakes.Reader.TryRead(out _);
        if (await _journal.ReadAsync(_head, _settings.PageSize, PublishNewAsync, _stop.Token) == _settings.PageSize)
            Wake();
    }

    private async Task PublishAsync(IReadOnlyList<BsonDocument> documents)
    {
        documents = await WithEarlierAsync(documents);
        if (Settle is not null)
            await Settle(documents, _stop.Token);
        Publish(documents);
    }

    /// <summary>
    /// The documents, and before them those events of the same persistence ids that are late and come before them: whoever wrote the later ones had seen these
    /// committed, so they are there.
    /// </summary>
    private async Task<IReadOnlyList<BsonDocument>> WithEarlierAsync(IReadOnlyList<BsonDocument> documents)
    {
        var known = documents.Select(JournalProbe.KeyOf).ToHashSet();
        List<BsonDocument>? earlier = null;
        var wanted = EarlierOf(documents, known);
        while (wanted.Count > 0)
        {
            var found = new List<BsonDocument>();
            foreach (var ids in wanted.Chunk(LatePage))
            {
                await _journal.ReadAsync(
                    ids,
                    FarBelow(_head),
                    piece =>
                    {
                        found.AddRange(piece);
                        return Task.CompletedTask;
                    },
                    _stop.Token);
            }

            (earlier ??= []).AddRange(found);
            known.UnionWith(found.Select(JournalProbe.KeyOf));
            wanted = EarlierOf(found, known);
        }

        return earlier is null ? documents : [.. earlier.Concat(documents).OrderBy(JournalProbe.OrderingOf)];
    }

    /// <summary>The ids of the events before these, as far as they weren't seen: most of them are long gone by, and aren't found.</summary>
    private List<BsonValue> EarlierOf(IReadOnlyList<BsonDocument> documents, HashSet<EventKey> known)
    {
        var wanted = new List<BsonValue>();
        foreach (var document in documents)
        {
            var key = JournalProbe.KeyOf(document);
            var before = key with { SequenceNr = key.SequenceNr - 1 };
            if (before.SequenceNr > 0 && !known.Contains(before) && !_seen.Contains(before) && !_seen.Contains(key))
                wanted.Add(MongoEventDocuments.IdOf(before.PersistenceId, before.SequenceNr));
        }

        return wanted;
    }

    private void Publish(IReadOnlyList<BsonDocument> documents)
    {
        var events = new List<EventRecord>(documents.Count);
        var unreadable = false;
        foreach (var document in documents)
        {
            var key = JournalProbe.KeyOf(document);
            if (!_seen.Add(key, JournalProbe.OrderingOf(document)))
                continue;
            try
            {
                events.Add(_read(document));
            }
            catch (Exception e)
            {
                // The queries that it belongs to come upon it in the database and say so; the others must not wait for it.
                unreadable = true;
                _log.Error(e, "Event {0} of {1} in the MongoDB journal can't be read", key.SequenceNr, key.PersistenceId);
            }
        }

        _tail.Publish(events);
        if (!unreadable)
            return;
        _tail.SkipTo(JournalProbe.OrderingOf(documents[^1]));
        _tail.ReadAgain();
    }

    private async Task DelayAsync(int failures)
    {
        var delay = TimeSpan.FromMilliseconds(Math.Min(100 << Math.Min(failures, 8), _settings.MaxRetryDelay.TotalMilliseconds));
        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static long FarBelow(long ordering) => Math.Max(0, ordering - MongoTailSettings.FarOverlap);

    private static long Below(long ordering) => Math.Max(0, ordering - MongoTailSettings.Overlap);
}
