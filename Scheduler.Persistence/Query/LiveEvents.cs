using Akka.Streams;
using Akka.Streams.Stage;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.Query;

/// <summary>
/// A feed that goes on as events are committed. It subscribes to the tail first, reads the database up to where the subscription begins,
/// and lives from the tail then; when it was too slow for the tail it does the same again from where it stands. It takes nothing that
/// wasn't asked for: back-pressure ends at the tail's bounded queue. Where events may come late, what is read is read again a little way
/// back, and what was handed on already is dropped. A read that fails is repeated for a while, so that a short outage ends no query.
/// </summary>
internal sealed class LiveEvents : GraphStage<SourceShape<EventRecord>>
{
    private readonly IEventStore _store;
    private readonly EventFeed _feed;
    private readonly int _pageSize;
    private readonly int _capacity;
    private readonly Outlet<EventRecord> _out = new("LiveEvents.out");

    public LiveEvents(IEventStore store, EventFeed feed, int pageSize, int capacity)
    {
        _store = store;
        _feed = feed;
        _pageSize = pageSize;
        _capacity = capacity;
        Shape = new SourceShape<EventRecord>(_out);
    }

    public override SourceShape<EventRecord> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        // With a tenth of a second first, doubled each time: some seconds in all. What fails for longer, whoever runs the query should hear of.
        private const int Repetitions = 6;

        private readonly LiveEvents _stage;
        private readonly EventFeed _feed;
        private readonly CancellationTokenSource _stopped = new();
        private readonly List<EventRecord> _buffer = [];
        private readonly SeenEvents? _seen;
        private readonly long _start;
        private readonly Action<Task> _onOpened;
        private readonly Action<Task<long>> _onTarget;
        private readonly Action<Task<EventPage>> _onPage;
        private readonly Action _onWake;
        private readonly Action<Task> _onAgain;
        private Action _again = static () => { };
        private int _failures;
        private TailSubscription? _subscription;
        private IDisposable? _behind;
        private int _next;
        private long _position;
        private long _target;
        private bool _asking = true;
        private bool _atGap;

        public Logic(LiveEvents stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _feed = stage._feed;
            _start = _feed.Start;
            _position = _start;
            _seen = _feed.Overlap > 0 ? new SeenEvents(_feed.Overlap) : null;
            _onOpened = GetAsyncCallback<Task>(OnOpened);
            _onTarget = GetAsyncCallback<Task<long>>(OnTarget);
            _onPage = GetAsyncCallback<Task<EventPage>>(OnPage);
            _onWake = GetAsyncCallback(Pump);
            _onAgain = GetAsyncCallback<Task>(_ => _again());
            SetHandler(stage._out, this);
        }

        public override void PreStart() => Then(_stage._store.OpenAsync(_stopped.Token), _onOpened);

        public override void OnPull() => Pump();

        public override void PostStop()
        {
            _behind?.Dispose();
            _subscription?.Dispose();
            _stopped.Cancel();
            _stopped.Dispose();
        }

        private static void Then<T>(T task, Action<T> callback)
            where T : Task
        {
            _ = task.ContinueWith(
                static (done, next) => ((Action<T>)next!)((T)done),
                callback,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        private void OnOpened(Task opened)
        {
            if (Failed(opened))
                return;
            _subscription = _stage._store.Tail.Subscribe(_feed.Filter, _stage._capacity, _onWake, _feed.After);
            AskTarget();
        }

        private void AskTarget()
        {
            _asking = true;
            _behind ??= _feed.Behind();
            Then(_feed.TargetAsync(_subscription, _stopped.Token), _onTarget);
        }

        private void OnTarget(Task<long> target)
        {
            if (IsRepeated(target, AskTarget) || Failed(target))
                return;
            _asking = false;
            _target = target.Result;
            Pump();
        }

        private void AskPage()
        {
            _asking = true;
            Then(_feed.ReadAsync(_position, _target, _stage._pageSize, _stopped.Token), _onPage);
        }

        private void OnPage(Task<EventPage> read)
        {
            if (IsRepeated(read, AskPage) || Failed(read))
                return;
            _asking = false;
            var page = read.Result;
            _buffer.AddRange(page.Events);
            _position = page.ReadTo;
            DropSeen();
            Pump();
        }

        private bool IsRepeated(Task task, Action again)
        {
            if (task.IsCompletedSuccessfully)
                _failures = 0;
            if (task.Exception?.InnerException is not StoreException || _failures == Repetitions)
                return false;
            _again = again;
            Then(Task.Delay(TimeSpan.FromMilliseconds(100 << _failures++), TimeProvider.System, _stopped.Token), _onAgain);
            return true;
        }

        private bool Failed(Task task)
        {
            if (task.IsCompletedSuccessfully)
                return false;
            FailStage(task.Exception?.InnerException ?? new OperationCanceledException("The query was stopped."));
            return true;
        }

        private void Pump()
        {
            while (IsAvailable(_stage._out))
            {
                if (_next < _buffer.Count)
                {
                    Push(_stage._out, _buffer[_next++]);
                    if (_next < _buffer.Count)
                        continue;
                    _buffer.Clear();
                    _next = 0;
                }

                // With the last element, and not when another one is asked for.
                if (_position >= _feed.End)
                {
                    CompleteStage();
                    return;
                }

                if (_asking || !IsAvailable(_stage._out) || !Refill())
                    return;
            }
        }

        /// <summary>True when the buffer has something now.</summary>
        private bool Refill()
        {
            if (_position < _target)
            {
                AskPage();
                return false;
            }

            _behind?.Dispose();
            _behind = null;
            if (_atGap)
                return ReadGap();
            var drain = _subscription!.Drain(_buffer);
            Take();
            if (_buffer.Count > 0)
                return true;
            if (_atGap)
                return ReadGap();
            if (drain.Lost)
            {
                _subscription.Rejoin();
                _position = Math.Max(_start, _feed.ReadFrom(_position));
                AskTarget();
            }
            else if (drain.Ended)
            {
                CompleteStage();
            }
            else
            {
                _position = _feed.PositionAtHead(_position, drain.Head);
            }

            return false;
        }

        /// <summary>What was cut off is read with the gap; what waits at the tail meanwhile is known afterwards.</summary>
        private bool ReadGap()
        {
            _atGap = false;
            AskTarget();
            return false;
        }

        /// <summary>Moves the position behind what came from the tail, and leaves of it what is to be handed on.</summary>
        private void Take()
        {
            _buffer.RemoveAll(record => _feed.IsKnown(record, _position));
            for (var i = 0; i < _buffer.Count; i++)
            {
                if (_feed.IsBeyondGap(_buffer[i], _position))
                {
                    _buffer.RemoveRange(i, _buffer.Count - i);
                    _atGap = true;
                    break;
                }

                _position = Math.Max(_position, _feed.PositionOf(_buffer[i]));
            }

            DropSeen();
        }

        private void DropSeen()
        {
            if (_seen is null)
                return;
            _buffer.RemoveAll(record => !_seen.Add(record));
            _seen.Forget(_position - _feed.Overlap);
        }
    }
}
