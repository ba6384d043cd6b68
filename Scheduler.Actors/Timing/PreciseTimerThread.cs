using Akka.Actor;

namespace Scheduler.Actors.Timing;

/// <summary>One thread with a queue by instant: waits in whole milliseconds while something is near, and sleeps through the rest of the last one.</summary>
internal sealed class PreciseTimerThread : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits are cut into pieces, so that a clock that is set forwards is noticed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _added = new(initialState: false);
    private readonly PriorityQueue<(IActorRef Target, object Message), DateTimeOffset> _queue = new();
    private readonly Thread _thread;
    private volatile bool _stopped;

    public PreciseTimerThread(TimeProvider clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "job-timers", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Add(DateTimeOffset at, IActorRef target, object message)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_queue.TryPeek(out _, out var first) || at < first;
            _queue.Enqueue((target, message), at);
        }

        if (isFirst)
            _added.Set();
    }

    public void Dispose()
    {
        _stopped = true;
        _added.Set();
        _thread.Join();
        _added.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            var wait = TellDue();
            if (wait is null)
                _added.WaitOne();
            else if (wait < Step && ShortSleep.IsSupported)
                ShortSleep.For(wait.Value);
            else
                _added.WaitOne(wait < Step ? Step : wait < LongestWait ? wait.Value : LongestWait);
        }
    }

    /// <summary>Tells whatever is due; how long until the next one, null when there is none.</summary>
    private TimeSpan? TellDue()
    {
        while (true)
        {
            (IActorRef Target, object Message) due;
            lock (_gate)
            {
                if (!_queue.TryPeek(out due, out var at))
                    return null;
                var wait = at - _clock.GetUtcNow();
                if (wait > TimeSpan.Zero)
                    return wait;
                _queue.Dequeue();
            }

            due.Target.Tell(due.Message, ActorRefs.NoSender);
        }
    }
}
