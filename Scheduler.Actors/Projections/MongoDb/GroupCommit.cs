using System.Threading.Channels;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// Whatever waits when a write has ended goes into the next one. When the store can't be reached, all that waits is told so at once: nobody
/// waits longer than one write may take.
/// </summary>
/// <param name="largest">The most that go into one write.</param>
/// <param name="write">Writes them and tells each how it ended; what it throws is told to all of them.</param>
/// <param name="fail">Tells one that it was not written.</param>
internal sealed class GroupCommit<T>(int largest, Func<IReadOnlyList<T>, Task> write, Action<T, Exception> fail)
{
    // Not bounded, because its writers are: an entity waits for its row, a projection for its step.
    private readonly Channel<T> _waiting = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Adds one, or tells it that the store is closed.</summary>
    public void Add(T item)
    {
        if (!_waiting.Writer.TryWrite(item))
            fail(item, new ViewsUnavailableException("The view store is closed."));
    }

    /// <summary>Writes what waits; nothing can be added any more.</summary>
    public Task EndAsync()
    {
        _waiting.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync()
    {
        var reader = _waiting.Reader;
        while (await reader.WaitToReadAsync())
        {
            var batch = new List<T>();
            while (batch.Count < largest && reader.TryRead(out var next))
                batch.Add(next);
            try
            {
                await write(batch);
            }
            catch (Exception e)
            {
                while (e is ViewsUnavailableException && reader.TryRead(out var next))
                    batch.Add(next);
                foreach (var item in batch)
                    fail(item, e);
            }
        }
    }
}
