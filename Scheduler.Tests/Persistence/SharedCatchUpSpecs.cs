using Scheduler.Persistence.Events;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;
using Xunit;

namespace Scheduler.Tests.Persistence;

public sealed class SharedCatchUpSpecs
{
    private const int PageSize = 10;
    private readonly JournalInMemory _store = new(events: 100);
    private readonly SharedCatchUp _catchUp;

    public SharedCatchUpSpecs() => _catchUp = new SharedCatchUp(_store, PageSize);

    [Fact]
    public async Task Each_query_gets_its_own_events_whole_and_in_order()
    {
        using var behind = _catchUp.Join();

        for (var tag = 0; tag < 4; tag++)
            Assert.Equal(Enumerable.Range(1, 100).Where(i => i % 4 == tag).Select(i => (long)i), await ReadAllAsync($"t{tag}", 0, 100));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), await ReadAllAsync(tag: null, 0, 100));
    }

    [Fact]
    public async Task Queries_side_by_side_read_each_page_once()
    {
        using var behind = _catchUp.Join();
        var positions = new long[32];
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < positions.Length; i++)
                positions[i] = (await _catchUp.ReadAsync($"t{i % 4}", positions[i], 100, CancellationToken.None)).ReadTo;
        }

        Assert.All(positions, position => Assert.Equal(100, position));
        Assert.Equal(10, _store.Reads);
    }

    [Fact]
    public async Task Queries_that_start_close_to_each_other_share_too()
    {
        using var behind = _catchUp.Join();

        var pages = await Task.WhenAll(Enumerable.Range(0, PageSize).Select(after => _catchUp.ReadAsync(tag: null, after, 100, CancellationToken.None)));

        Assert.All(pages, page => Assert.Equal(PageSize, page.ReadTo));
        Assert.Equal(Enumerable.Range(1, PageSize).Select(i => (long)i), pages[0].Events.Select(one => one.Ordering));
        Assert.Equal([(long)PageSize], pages[^1].Events.Select(one => one.Ordering));
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task Nothing_beyond_the_end_that_a_query_asks_for_is_handed_out()
    {
        using var behind = _catchUp.Join();
        await _catchUp.ReadAsync(tag: null, 0, 100, CancellationToken.None);

        var page = await _catchUp.ReadAsync(tag: null, 2, 5, CancellationToken.None);

        Assert.Equal([3, 4, 5], page.Events.Select(one => one.Ordering));
        Assert.Equal(5, page.ReadTo);
    }

    [Fact]
    public async Task A_failed_read_fails_its_readers_and_is_tried_again_by_the_next()
    {
        using var behind = _catchUp.Join();
        _store.Failure = new StoreException("away");
        await Assert.ThrowsAsync<StoreException>(() => _catchUp.ReadAsync(tag: null, 0, 100, CancellationToken.None));
        _store.Failure = null;

        Assert.Equal(PageSize, (await _catchUp.ReadAsync(tag: null, 0, 100, CancellationToken.None)).ReadTo);
    }

    [Fact]
    public async Task Pages_are_let_go_when_nobody_is_behind()
    {
        using (_catchUp.Join())
            await _catchUp.ReadAsync(tag: null, 0, 100, CancellationToken.None);
        using var later = _catchUp.Join();

        await _catchUp.ReadAsync(tag: null, 0, 100, CancellationToken.None);

        Assert.Equal(2, _store.Reads);
    }

    private async Task<List<long>> ReadAllAsync(string? tag, long after, long upTo)
    {
        var read = new List<long>();
        while (after < upTo)
        {
            var page = await _catchUp.ReadAsync(tag, after, upTo, CancellationToken.None);
            read.AddRange(page.Events.Select(one => one.Ordering));
            after = page.ReadTo;
        }

        return read;
    }

    /// <summary>Events 1 to n, of which each has the tag t(ordering modulo 4); counts the reads.</summary>
    private sealed class JournalInMemory : IEventStore
    {
        private readonly List<EventRecord> _events = [];

        public JournalInMemory(int events)
        {
            for (var i = 1; i <= events; i++)
            {
                var record = StoreProbe.Record("a", i, $"t{i % 4}");
                record.Ordering = i;
                _events.Add(record);
            }

            Tail.SkipTo(events);
        }

        public int Reads { get; private set; }

        public StoreException? Failure { get; set; }

        public EventTail Tail { get; } = new();

        public bool ReadsTagsByIndex => false;

        public long Overlap => 0;

        public async Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken)
        {
            Reads++;
            await Task.Yield();
            if (Failure is { } failure)
                throw failure;
            var found = _events.Where(one => one.Ordering > fromExclusive && one.Ordering <= toInclusive).Take(limit).ToList();
            return new EventPage(found, found.Count < limit ? toInclusive : found[^1].Ordering);
        }

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task ReplayAsync(
            string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
