using Akka.Streams;
using Akka.Streams.Stage;

namespace Scheduler.Persistence.Query;

/// <summary>
/// What is there when the stream starts, page by page. The last element of a page is kept until the next page is there, or none follows: so the stream ends with its last
/// element, and not only when another one is asked for.
/// </summary>
internal sealed class CurrentPages<T> : GraphStage<SourceShape<T>>
{
    private readonly Outlet<T> _out = new("CurrentPages.out");
    private readonly Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<T>>> _read;

    /// <summary>Makes it.</summary>
    /// <param name="read">Reads the pages; none is empty.</param>
    public CurrentPages(Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<T>>> read)
    {
        _read = read;
        Shape = new SourceShape<T>(_out);
    }

    public override SourceShape<T> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<T> _out;
        private readonly CancellationTokenSource _stopped = new();
        private readonly IAsyncEnumerator<IReadOnlyList<T>> _pages;
        private readonly Action<Task<bool>> _onPage;
        private IReadOnlyList<T> _page = [];
        private IReadOnlyList<T>? _following;
        private int _next;
        private bool _asking;
        private bool _ended;

        public Logic(CurrentPages<T> stage)
            : base(stage.Shape)
        {
            _out = stage._out;
            _pages = stage._read(_stopped.Token).GetAsyncEnumerator(_stopped.Token);
            _onPage = GetAsyncCallback<Task<bool>>(OnPage);
            SetHandler(_out, this);
        }

        // What is there is settled now, whenever it is asked for.
        public override void PreStart() => Ask();

        public override void OnPull() => Pump();

        public override void PostStop()
        {
            _stopped.Cancel();
            _stopped.Dispose();
        }

        private void Ask()
        {
            if (_asking)
                return;
            _asking = true;
            _ = _pages.MoveNextAsync().AsTask().ContinueWith(
                static (done, onPage) => ((Action<Task<bool>>)onPage!)(done),
                _onPage,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        private void OnPage(Task<bool> asked)
        {
            _asking = false;
            if (!asked.IsCompletedSuccessfully)
            {
                FailStage(asked.Exception?.InnerException ?? new OperationCanceledException("The query was stopped."));
                return;
            }

            if (asked.Result)
                _following = _pages.Current;
            else
                _ended = true;
            Pump();
        }

        private void Pump()
        {
            while (true)
            {
                if (_next == _page.Count)
                {
                    if (_following is null && _ended)
                    {
                        CompleteStage();
                        return;
                    }

                    if (_following is null)
                    {
                        Ask();
                        return;
                    }

                    (_page, _next, _following) = (_following, 0, null);
                }

                if (_next == _page.Count - 1 && _following is null && !_ended)
                {
                    Ask();
                    return;
                }

                if (!IsAvailable(_out))
                    return;
                Push(_out, _page[_next++]);
            }
        }
    }
}
