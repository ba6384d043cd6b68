namespace Scheduler.Tests.Support;

/// <summary>What a stand-in was told, in order: to look at, and to wait for without polling.</summary>
/// <param name="what">What is recorded, for the message of a wait that ends in vain.</param>
public sealed class Recorded<T>(string what)
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(Predicate<IReadOnlyList<T>> Holds, TaskCompletionSource<IReadOnlyList<T>> Waiter)> _waiters = [];
    private int _taken;

    /// <summary>What was recorded so far.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
                return [.. _items];
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
            IReadOnlyList<T> items = [.. _items];
            foreach (var (_, waiter) in _waiters.FindAll(w => w.Holds(items)))
                waiter.TrySetResult(items);
            _waiters.RemoveAll(w => w.Waiter.Task.IsCompleted);
        }
    }

    /// <summary>The first item that <paramref name="matches"/>, now or later.</summary>
    public async Task<T> FirstAsync(Predicate<T> matches)
    {
        var items = await WhenAsync(all => all.Any(i => matches(i)));
        return items.First(i => matches(i));
    }

    /// <summary>All items, once there are <paramref name="count"/> that match.</summary>
    public async Task<IReadOnlyList<T>> AtLeastAsync(int count, Predicate<T>? matches = null)
    {
        var items = await WhenAsync(all => all.Count(i => matches?.Invoke(i) ?? true) >= count);
        return [.. items.Where(i => matches?.Invoke(i) ?? true)];
    }

    /// <summary>The oldest item that no call has taken yet.</summary>
    public async Task<T> NextAsync()
    {
        int index;
        lock (_gate)
            index = _taken++;
        return (await WhenAsync(all => all.Count > index))[index];
    }

    private async Task<IReadOnlyList<T>> WhenAsync(Predicate<IReadOnlyList<T>> holds)
    {
        var waiter = new TaskCompletionSource<IReadOnlyList<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            IReadOnlyList<T> items = [.. _items];
            if (holds(items))
                return items;
            _waiters.Add((holds, waiter));
        }

        try
        {
            return await waiter.Task.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited in vain for {what}. There were: {string.Join("; ", Items)}", e);
        }
    }
}
