using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>A running query from which a spec takes one element at a time; what isn't taken isn't asked for.</summary>
internal sealed class LiveQuery<T>
{
    private static readonly TimeSpan s_patience = Patience.Limit;
    private readonly ISinkQueue<T> _queue;

    private LiveQuery(ISinkQueue<T> queue) => _queue = queue;

    public static LiveQuery<T> Run(Source<T, NotUsed> source, IMaterializer materializer) =>
        new(source.RunWith(Sink.Queue<T>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), materializer));

    public async Task<T> NextAsync()
    {
        var next = await _queue.PullAsync().WaitAsync(s_patience);
        Assert.True(next.HasValue, "The query ended.");
        return next.Value;
    }

    public async Task<List<T>> TakeAsync(int count)
    {
        var taken = new List<T>(count);
        while (taken.Count < count)
            taken.Add(await NextAsync());
        return taken;
    }

    public async Task<List<T>> RestAsync()
    {
        var rest = new List<T>();
        while (await _queue.PullAsync().WaitAsync(s_patience) is { HasValue: true } next)
            rest.Add(next.Value);
        return rest;
    }
}
