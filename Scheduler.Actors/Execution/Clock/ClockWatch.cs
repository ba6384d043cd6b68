using System.Globalization;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Timing;

namespace Scheduler.Actors.Execution.Clock;

/// <summary>
/// Holds this node's clock against the one that all nodes share, where there is one, and against its own monotonic one. A node that does not know what time it is must not
/// decide what is due: while it is off by more than <see cref="TimingOptions.MaxClockSkew"/>, nothing starts on it. Calls must not overlap.
/// </summary>
/// <param name="time">The clock that is watched.</param>
/// <param name="reference">The clock that it is held against; null for none.</param>
/// <param name="options">How far it may be off.</param>
/// <param name="gate">Closed while it is off.</param>
/// <param name="metrics">Told of each measurement and each jump.</param>
/// <param name="log">Told of each change.</param>
public sealed class ClockWatch(
    TimeProvider time, IReferenceClock? reference, TimingOptions options, StartGate gate, ClockMetrics metrics, ILogger<ClockWatch> log)
{
    /// <summary>How often to measure.</summary>
    public static readonly TimeSpan MeasuredEvery = TimeSpan.FromSeconds(10);

    /// <summary>How often to look for jumps.</summary>
    public static readonly TimeSpan LookedAtEvery = TimeSpan.FromSeconds(1);

    // Smaller steps are corrections as time services make them.
    private static readonly TimeSpan s_smallestJump = TimeSpan.FromSeconds(1);

    // What a measurement takes longer than says little about the clock: it is not judged by.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    // Two readings that lie further apart than this were interrupted in between.
    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(50);

    private (DateTimeOffset Wall, long Monotonic) _last = Read(time);
    private long? _measuredAt;
    private volatile string? _problem;

    /// <summary>What is wrong with the clock, as a clause (<c>its clock is 7.2 s ahead of the database's</c>); null for nothing.</summary>
    public string? Problem => _problem;

    /// <summary>Looks for a jump, and measures where it is time to, or the clock has jumped.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var jumped = LookForJump();
        if (jumped || _measuredAt is not { } at || time.GetElapsedTime(at) >= MeasuredEvery)
            await MeasureAsync(cancellationToken);
    }

    private static (DateTimeOffset Wall, long Monotonic) Read(TimeProvider time)
    {
        // Whoever is interrupted between the two sees a jump that was none.
        for (var attempt = 1; ; attempt++)
        {
            var monotonic = time.GetTimestamp();
            var wall = time.GetUtcNow();
            if (time.GetElapsedTime(monotonic) < s_atOnce || attempt == 5)
                return (wall, monotonic);
        }
    }

    private bool LookForJump()
    {
        var now = Read(time);
        var jump = now.Wall - _last.Wall - time.GetElapsedTime(_last.Monotonic, now.Monotonic);
        _last = now;
        if (jump.Duration() < s_smallestJump)
            return false;
        metrics.Jumped();
        log.LogWarning(
            "The clock of this node jumped {Seconds} s {Direction}: what is due by the new time is started, what was started by the old one is not started again",
            Seconds(jump),
            jump > TimeSpan.Zero ? "forward" : "back");
        return true;
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        if (reference is null)
            return;
        var began = Read(time);
        _measuredAt = began.Monotonic;
        DateTimeOffset shown;
        try
        {
            using var patience = new CancellationTokenSource(s_patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            shown = await reference.ReadAsync(either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A server that is away says nothing about the clock; what was known of it goes on being so.
            log.LogDebug(e, "The clock of the database's server cannot be read");
            return;
        }

        var half = time.GetElapsedTime(began.Monotonic) / 2;
        var skew = began.Wall + half - shown;
        metrics.Measured(skew);
        // By the time that the answer took, the measurement itself may be off.
        Judge(skew, isOff: skew.Duration() - half > options.MaxClockSkew, isWithin: skew.Duration() + half <= options.MaxClockSkew);
    }

    private void Judge(TimeSpan skew, bool isOff, bool isWithin)
    {
        var clause = $"its clock is {Seconds(skew)} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the database's";
        if (isOff)
        {
            if (_problem is null)
            {
                log.LogError(
                    "Nothing is started on this node: {Clause}, and {MaxClockSkew} are allowed (Scheduler:Timing:MaxClockSkew). Set its clock right; it goes on by itself then",
                    clause,
                    options.MaxClockSkew);
            }

            _problem = clause;
            gate.Close(StartStop.Clock, clause);
        }
        else if (isWithin && _problem is not null)
        {
            log.LogInformation("The clock of this node is right again ({Clause}): what is due is started", clause);
            _problem = null;
            gate.Lift(StartStop.Clock);
        }
    }

    private static string Seconds(TimeSpan span) => span.Duration().TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
