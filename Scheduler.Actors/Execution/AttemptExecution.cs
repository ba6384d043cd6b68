using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>One call of a target under its time-out. Never throws: whatever happens becomes an outcome.</summary>
internal static class AttemptExecution
{
    /// <summary>The longest error that is stored, in characters.</summary>
    internal const int MaxErrorLength = 2_000;

    /// <summary>The largest output of a handler that is stored, in characters of JSON. A webhook's is bounded where its answer is read.</summary>
    internal const int MaxOutputLength = 16 * 1024;

    /// <summary>The longest that a target's wish not to be called is heeded.</summary>
    internal static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    /// <summary>Runs an attempt whose due time has come.</summary>
    /// <param name="attempt">What to run.</param>
    /// <param name="environment">What workers share.</param>
    /// <param name="abandoned">Called when the target does not end within the grace time after its cancellation.</param>
    /// <param name="stop">Signalled when the run is cancelled.</param>
    public static async Task<AttemptOutcome> RunAsync(Attempt attempt, RunWorkerEnvironment environment, Action abandoned, CancellationToken stop)
    {
        var clock = environment.Clock;
        var started = clock.GetTimestamp();
        var startedAt = clock.GetUtcNow();
        var isTimedOut = false;
        var end = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timeout = clock.CreateTimer(
            static s => ((TaskCompletionSource<bool>)s!).TrySetResult(true), end, attempt.Definition.Timeout, Timeout.InfiniteTimeSpan);
        await using var stopping = stop.Register(static s => ((TaskCompletionSource<bool>)s!).TrySetResult(false), end);

        // On the pool: a handler that blocks must not hold the worker's own thread, which watches the time.
        var cancellation = new CancellationTokenSource();
        var call = Task.Run(() => environment.Targets.CallAsync(attempt, cancellation.Token), CancellationToken.None);
        try
        {
            if (await Task.WhenAny(call, end.Task) != call)
            {
                isTimedOut = await end.Task;
                // What a target does about its cancellation may throw or block: on the pool as well, and to itself.
                _ = cancellation.CancelAsync();
                _ = call.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            var output = end.Task.IsCompleted ? await call.WaitAsync(environment.Options.CancellationGrace, clock, CancellationToken.None) : await call;
            return output is { Raw.Length: > MaxOutputLength } && attempt.Definition.Target is not HttpTarget
                ? Failure(FailureKind.Failed, $"The output has {output.Value.Raw.Length} characters of JSON; at most {MaxOutputLength} are kept.", retryable: false)
                : new AttemptSucceeded(output, Timing());
        }
        catch (NonRetryableException e)
        {
            return Failure(FailureKind.Failed, e.Message, retryable: false);
        }
        catch (TimeoutException) when (!call.IsCompleted)
        {
            abandoned();
            return Failure(FailureKind.TimedOut, $"{TooLong(attempt)} It did not heed its cancellation and was abandoned.", retryable: true);
        }
        catch (RetryLaterException e)
        {
            return Failure(FailureKind.Failed, Describe(e), retryable: true) with { RetryAfter = Heeded(e.After) };
        }
        catch (OperationCanceledException) when (isTimedOut)
        {
            return Failure(FailureKind.TimedOut, TooLong(attempt), retryable: true);
        }
        catch (Exception e)
        {
            return Failure(FailureKind.Failed, Describe(e), retryable: true);
        }

        AttemptTiming Timing() => new(Instant.Floor(startedAt), startedAt - attempt.DueAt, clock.GetElapsedTime(started));

        AttemptNotSucceeded Failure(FailureKind kind, string error, bool retryable) =>
            new(kind, Bounded(error), retryable, Timing());
    }

    /// <summary>Whole milliseconds, rounded up: never sooner than was asked.</summary>
    private static TimeSpan? Heeded(TimeSpan after) => after <= TimeSpan.Zero
        ? null
        : after >= MaxRetryAfter ? MaxRetryAfter : TimeSpan.FromMilliseconds(Math.Ceiling(after.TotalMilliseconds));

    private static string TooLong(Attempt attempt) => $"The attempt took longer than its time-out of {attempt.Definition.Timeout}.";

    private static string Describe(Exception e) => string.IsNullOrWhiteSpace(e.Message) ? e.GetType().Name : e.Message;

    /// <summary>Not cut in the middle of a surrogate pair: half of one is no text.</summary>
    private static string Bounded(string error) => error.Length <= MaxErrorLength
        ? error
        : error[..(char.IsHighSurrogate(error[MaxErrorLength - 1]) ? MaxErrorLength - 1 : MaxErrorLength)];
}
