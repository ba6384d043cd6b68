using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Adapters;
using Scheduler.Tests.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Timing;

/// <summary>When a node looks for jobs that a clock which was ahead has left asleep.</summary>
public sealed class BackgroundSetBackSpecs : IAsyncLifetime
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(3);

    private readonly TemporaryFolder _folder = new();
    private readonly Beats _clock = new();
    private readonly Lifetime _lifetime = new();
    private readonly Recorded<string> _woken = new("a job to be woken");
    private readonly SqliteJobViewStore _files;
    private readonly StumblingStore _views;
    private readonly BackgroundSetBack _service;

    public BackgroundSetBackSpecs()
    {
        _files = new SqliteJobViewStore(_folder.File("views.db"), NullLogger<SqliteJobViewStore>.Instance);
        _views = new StumblingStore(_files);
        _service = new BackgroundSetBack(
            new SetBackPass(_views, id => _woken.Add(id.Value), _clock, TimeSpan.FromSeconds(10)), _views, _clock, _lifetime, NullLogger<BackgroundSetBack>.Instance);
    }

    public async Task InitializeAsync()
    {
        var job = JobId.Parse("ahead");
        var row = new AwaitedRow(
            Created(job).Apply(new AttemptStarted
            {
                At = T0 + Ahead,
                RunId = RunId.Scheduled(job, 1, T0),
                Number = 1,
                Kind = AttemptKind.Scheduled,
                FireTime = T0,
                DueAt = T0,
                Node = Node,
            }),
            isNew: true);
        _files.Enqueue(row);
        await row.Done;
    }

    public async Task DisposeAsync()
    {
        await _service.StopAsync(CancellationToken.None);
        _service.Dispose();
        _lifetime.Dispose();
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_that_has_started_wakes_them_and_not_before()
    {
        await _service.StartAsync(CancellationToken.None);
        await _lifetime.Awaited.NextAsync();
        Assert.Empty(_views.Looks.Items);
        _lifetime.Start();

        Assert.Equal("ahead", await _woken.NextAsync());
    }

    [Fact]
    public async Task Views_that_are_being_filled_are_looked_at_until_they_are_whole()
    {
        _views.Live = live => live with { Filling = ViewsFilling.Begin(T0, "there were no views", 1) };
        await StartAsync();
        await _views.Looks.NextAsync();
        await LookAsync();
        Assert.Empty(_woken.Items);

        _views.Live = static live => live;
        await LookAsync();

        Assert.Equal("ahead", await _woken.NextAsync());
    }

    [Fact]
    public async Task Views_that_cannot_be_read_are_looked_at_again()
    {
        _views.Live = static _ => throw new ViewsUnavailableException("gone");
        await StartAsync();
        await _views.Looks.NextAsync();
        _views.Live = static live => live;
        await LookAsync();

        Assert.Equal("ahead", await _woken.NextAsync());
    }

    [Theory]
    [InlineData(1.1)]
    [InlineData(10_800)]
    public async Task A_clock_that_is_set_back_while_the_node_runs_wakes_them(double seconds)
    {
        await StartAsync();
        await _woken.NextAsync();
        await BeatAsync();
        _clock.SetBack(TimeSpan.FromSeconds(seconds));
        await BeatAsync();

        Assert.Equal("ahead", await _woken.NextAsync());
        Assert.Equal(2, _views.Looks.Items.Count);
    }

    [Fact]
    public async Task A_clock_that_goes_on_or_is_corrected_by_less_than_a_second_is_no_reason_to_look_again()
    {
        await StartAsync();
        await _woken.NextAsync();
        for (var n = 0; n < 3; n++)
        {
            await BeatAsync();
            _clock.SetBack(TimeSpan.FromSeconds(0.9));
        }

        await BeatAsync();
        _clock.SetBack(Ahead);
        await BeatAsync();

        // A look of a beat before this would have come before it.
        await _woken.AtLeastAsync(2);
        Assert.Equal(2, _views.Looks.Items.Count);
    }

    private async Task StartAsync()
    {
        await _service.StartAsync(CancellationToken.None);
        _lifetime.Start();
        // What it compares with, and the first look.
        await _clock.Read.NextAsync();
        await _clock.Read.NextAsync();
    }

    private Task BeatAsync()
    {
        _clock.Advance(ClockWatch.LookedAtEvery);
        return _clock.Read.NextAsync();
    }

    /// <summary>The next beat, and the look that it brings.</summary>
    private async Task LookAsync()
    {
        await BeatAsync();
        await _views.Looks.NextAsync();
    }

    /// <summary>A clock that tells when it is held against the monotonic one, which is once a beat, and that is set without it.</summary>
    private sealed class Beats : TimeProvider
    {
        private readonly FakeTimeProvider _time = new(T0);
        private long _setBack;

        public Recorded<long> Read { get; } = new("a beat");

        public override long TimestampFrequency => _time.TimestampFrequency;

        public void Advance(TimeSpan by) => _time.Advance(by);

        public void SetBack(TimeSpan by) => Interlocked.Add(ref _setBack, by.Ticks);

        public override DateTimeOffset GetUtcNow() => _time.GetUtcNow() - TimeSpan.FromTicks(Interlocked.Read(ref _setBack));

        public override long GetTimestamp()
        {
            var timestamp = _time.GetTimestamp();
            Read.Add(timestamp);
            return timestamp;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _time.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        /// <summary>Somebody wants to know when all is started.</summary>
        public Recorded<bool> Awaited { get; } = new("somebody to wait for the start");

        public CancellationToken ApplicationStarted
        {
            get
            {
                Awaited.Add(item: true);
                return _started.Token;
            }
        }

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => throw new NotSupportedException();

        public void Dispose() => _started.Dispose();
    }
}
