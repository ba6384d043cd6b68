using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Query;

/// <summary>
/// Reads the journal once for all live queries that are behind. Where tags have no index, each query by itself would scan every event, and
/// a node has one for each slice; here a page is read with the events of all tags, and whoever stands in its stretch takes its own.
/// Queries that start together stay close together, so a few recent pages are enough.
/// </summary>
internal sealed class SharedCatchUp(IEventStore store, int pageSize)
{
    private const int PagesKept = 4;

    private readonly Lock _gate = new();
    private readonly List<Page> _pages = [];
    private int _readers;

    /// <summary>Says that a query is behind; disposed when it isn't any more. Pages are kept only as long as somebody is.</summary>
    public IDisposable Join()
    {
        lock (_gate)
            _readers++;
        return new Reader(this);
    }

    /// <summary>Reads on for one query.</summary>
    /// <param name="tag">Null for all events.</param>
    /// <param name="after">An ordering below the tail's head.</param>
    /// <param name="upTo">An ordering, at most the tail's head.</param>
    /// <param name="cancellationToken">Ends the waiting, not the reading, which is for others too.</param>
    public async Task<EventPage> ReadAsync(string? tag, long after, long upTo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Page page;
            lock (_gate)
                page = Find(after) ?? Start(after);
            var read = await page.Read.WaitAsync(cancellationToken);
            if (after < read.ReadTo)
                return Select(read, tag, after, upTo);
            // It was under way when it was found, and ended before this query's place.
        }
    }

    private static EventPage Select(EventPage page, string? tag, long after, long upTo)
    {
        var events = new List<EventRecord>();
        foreach (var record in page.Events)
        {
            if (record.Ordering > after && record.Ordering <= upTo && (tag is null || record.Tags?.Contains(tag) == true))
                events.Add(record);
        }

        return new EventPage(events, Math.Min(page.ReadTo, upTo));
    }

    private Page? Find(long after) => _pages.FindLast(page => page.From <= after && (page.Read.IsCompleted
        ? page.Read.IsCompletedSuccessfully && after < page.Read.Result.ReadTo
        : after - page.From < pageSize));

    private Page Start(long after)
    {
        var page = new Page(after, store.ReadAsync(tag: null, after, store.Tail.Head, pageSize, CancellationToken.None));
        if (_pages.Count == PagesKept)
            _pages.RemoveAt(0);
        _pages.Add(page);
        return page;
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_readers == 0)
                _pages.Clear();
        }
    }

    private sealed record Page(long From, Task<EventPage> Read);

    private sealed class Reader(SharedCatchUp catchUp) : IDisposable
    {
        private SharedCatchUp? _catchUp = catchUp;

        public void Dispose() => Interlocked.Exchange(ref _catchUp, null)?.Leave();
    }
}
