using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Timing;
using Xunit;

namespace Scheduler.Tests.Execution;

/// <summary>A node whose clock is off starts nothing and says so; one whose clock jumps says by how much.</summary>
public sealed class ClockWatchSpecs : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly WallClock _clock;
    private readonly ServerClock _server;
    private readonly StartGate _gate;
    private readonly ClockMetrics _metrics = new();
    private readonly Lines _log = new();
    private readonly ClockWatch _watch;

    public ClockWatchSpecs()
    {
        _clock = new WallClock(_time);
        _server = new ServerClock(_time);
        _gate = new StartGate(_clock);
        _watch = new ClockWatch(_clock, _server, new TimingOptions(), _gate, _metrics, _log);
    }

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(-4.9, false)]
    [InlineData(5.1, true)]
    [InlineData(-5.1, true)]
    public async Task More_than_is_allowed_closes_the_gate_from_the_first_look(double ahead, bool closed)
    {
        _server.Ahead = TimeSpan.FromSeconds(-ahead);

        await LookAsync();

        Assert.Equal(closed, !_gate.IsOpen);
        Assert.Equal(closed, _watch.Problem is not null);
        Assert.Equal(ahead, Skew(), precision: 3);
    }

    [Fact]
    public async Task It_is_said_once_with_the_size_and_once_when_it_is_right_again()
    {
        _server.Ahead = TimeSpan.FromSeconds(-7.26);
        await LookAsync();
        _server.Ahead = TimeSpan.FromSeconds(-8);
        await LaterAsync();
        Assert.Equal("its clock is 8.0 s ahead of the database's", Assert.Single(_gate.Reasons).Because);
        Assert.Equal(StartStop.Clock, _gate.Reasons[0].Stop);
        Assert.Contains("its clock is 7.3 s ahead of the database's", Assert.Single(_log.Written), StringComparison.Ordinal);

        _server.Ahead = TimeSpan.FromSeconds(0.5);
        await LaterAsync();
        await LaterAsync();

        Assert.True(_gate.IsOpen);
        Assert.Null(_watch.Problem);
        Assert.Equal(2, _log.Written.Count);
        Assert.Contains("right again", _log.Written[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_of_the_round_trip_is_taken_off_and_the_other_half_is_doubt()
    {
        // The server shows its time when the answer leaves, two seconds after the question.
        _server.Ahead = TimeSpan.Zero;
        _server.Takes = TimeSpan.FromSeconds(2);
        await LookAsync();
        Assert.Equal(-1, Skew(), precision: 3);
        Assert.True(_gate.IsOpen);

        // 5.5 s, or 4.5, or 6.5: not certainly too much.
        _server.Ahead = TimeSpan.FromSeconds(4.5);
        await LaterAsync();
        Assert.True(_gate.IsOpen);

        _server.Ahead = TimeSpan.FromSeconds(6);
        await LaterAsync();
        Assert.False(_gate.IsOpen);
    }

    [Fact]
    public async Task A_server_that_is_away_changes_nothing()
    {
        _server.Ahead = TimeSpan.FromSeconds(60);
        await LookAsync();
        _server.Failure = new TimeoutException();
        await LaterAsync();
        Assert.False(_gate.IsOpen);

        _server.Failure = null;
        _server.Ahead = TimeSpan.Zero;
        await LaterAsync();

        Assert.True(_gate.IsOpen);
    }

    [Fact]
    public async Task It_is_measured_every_ten_seconds()
    {
        for (var i = 0; i <= 30; i++)
        {
            await LookAsync();
            _time.Advance(ClockWatch.LookedAtEvery);
        }

        Assert.Equal(4, _server.Asked);
    }

    [Theory]
    [InlineData(10_800, "10800.0 s forward")]
    [InlineData(-10_800, "10800.0 s back")]
    public async Task A_jump_is_logged_with_its_size_counted_and_measured_at_once(int seconds, string said)
    {
        await LookAsync();
        _time.Advance(ClockWatch.LookedAtEvery);
        var jumps = 0L;
        using var listener = Listen((instrument, value) => jumps += instrument.Name == "scheduler.clock.jumps" ? value : 0);

        _clock.Off = TimeSpan.FromSeconds(seconds);
        await LookAsync();
        await LookAsync();

        Assert.Equal(2, _log.Written.Count);
        Assert.Contains(said, _log.Written[0], StringComparison.Ordinal);
        Assert.Equal(1, jumps);
        Assert.False(_gate.IsOpen);
    }

    [Fact]
    public async Task Without_a_server_jumps_are_logged_and_nothing_else()
    {
        var watch = new ClockWatch(_clock, reference: null, new TimingOptions(), _gate, _metrics, _log);
        await watch.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(5));
        await watch.LookAsync(CancellationToken.None);
        Assert.Empty(_log.Written);

        _clock.Off = TimeSpan.FromSeconds(-90);
        await watch.LookAsync(CancellationToken.None);

        Assert.Contains("90.0 s back", Assert.Single(_log.Written), StringComparison.Ordinal);
        Assert.True(_gate.IsOpen);
    }

    private Task LookAsync() => _watch.LookAsync(CancellationToken.None);

    private Task LaterAsync()
    {
        _time.Advance(ClockWatch.MeasuredEvery);
        return LookAsync();
    }

    private double Skew()
    {
        var skew = double.NaN;
        using var listener = new MeterListener { InstrumentPublished = (instrument, all) => Enable(instrument, all) };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => skew = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return skew;
    }

    private MeterListener Listen(Action<Instrument, long> told)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, all) => Enable(instrument, all) };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => told(instrument, value));
        listener.Start();
        return listener;
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (_metrics.Owns(instrument))
            listener.EnableMeasurementEvents(instrument);
    }

    /// <summary>A node's clock, whose wall time can be set without its monotonic one.</summary>
    private sealed class WallClock(FakeTimeProvider time) : TimeProvider
    {
        public TimeSpan Off { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Off;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>A server's clock, which shows its time when its answer leaves.</summary>
    private sealed class ServerClock(FakeTimeProvider time) : IReferenceClock
    {
        /// <summary>Against the node's.</summary>
        public TimeSpan Ahead { get; set; }

        public TimeSpan Takes { get; set; }

        public Exception? Failure { get; set; }

        public int Asked { get; private set; }

        public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken)
        {
            Asked++;
            time.Advance(Takes);
            return Failure is null ? Task.FromResult(time.GetUtcNow() + Ahead) : Task.FromException<DateTimeOffset>(Failure);
        }
    }

    /// <summary>What is logged, above what is for developers.</summary>
    private sealed class Lines : ILogger<ClockWatch>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Written.Add(formatter(state, exception));
        }
    }
}
