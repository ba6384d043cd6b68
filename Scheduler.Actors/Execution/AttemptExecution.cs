using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>One call of a target under its time-out. Never throws: whatever happens becomes an outcome.</summary>
internal static class AttemptExecution
{
    /// <summary>The longest error that is stored, in characters.</summary>
    internal const int MaxErrorLength = 2_000;

    /// <summary>The largest output that is stored, in characters of JSON.</summary>
    internal const int MaxOutputLength = 16 * 1024;

    /// <summary>Runs an attempt whose due time has come.</summary>
    /// <param name="attempt">What to run.</param>
    /// <param name="environment">What workers share.</param>
    /// <param name="stop">Signalled when the run is cancelled.</param>
    public static async Task<AttemptOutcome> RunAsync(Attempt attempt, RunWorkerEnvironment environment, CancellationToken stop)
    {
        var clock = environment.Clock;
        using var timeout = new CancellationTokenSource(attempt.Definition.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        var started = clock.GetTimestamp();
        var startedAt = clock.GetUtcNow();

        // What a target does about its cancellation may throw or block: on the pool, and to itself. The time-out's own timer, and the
        // worker that stops a run, must not hear of it.
        var cancellation = new CancellationTokenSource();
        await using var passedOn = either.Token.Register(static s => _ = ((CancellationTokenSource)s!).CancelAsync(), cancellation);

        // On the pool: a handler that blocks must not hold the worker's own thread, which watches the time.
        var call = Task.Run(() => environment.Targets.CallAsync(attempt, cancellation.Token), CancellationToken.None);
        try
        {
            var output = await WithGrace(call, environment, either.Token);
            return output is { Raw.Length: > MaxOutputLength }
                ? Failure(FailureKind.Failed, $"The output has {output.Value.Raw.Length} characters of JSON; at most {MaxOutputLength} are kept.", retryable: false)
                : new AttemptSucceeded(output, Timing());
        }
        catch (NonRetryableException e)
        {
            return Failure(FailureKind.Failed, e.Message, retryable: false);
        }
        catch (Exception e) when (timeout.IsCancellationRequested && e is OperationCanceledException or TimeoutException)
        {
            var detail = e is TimeoutException ? " It did not heed its cancellation and was abandoned." : "";
            return Failure(FailureKind.TimedOut, $"The attempt took longer than its time-out of {attempt.Definition.Timeout}.{detail}", retryable: true);
        }
        catch (Exception e)
        {
            return Failure(FailureKind.Failed, Describe(e), retryable: true);
        }

        AttemptTiming Timing() => new(Instant.Floor(startedAt), startedAt - attempt.DueAt, clock.GetElapsedTime(started));

        AttemptNotSucceeded Failure(FailureKind kind, string error, bool retryable) =>
            new(kind, error.Length <= MaxErrorLength ? error : error[..MaxErrorLength], retryable, Timing());
    }

    /// <summary>Waits for the call, and, once its token is signalled, no longer than the grace time.</summary>
    private static async Task<JsonText?> WithGrace(Task<JsonText?> call, RunWorkerEnvironment environment, CancellationToken token)
    {
        if (call.IsCompleted)
            return await call;
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(static s => ((TaskCompletionSource)s!).TrySetResult(), cancelled);
        if (await Task.WhenAny(call, cancelled.Task) == call)
            return await call;
        _ = call.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return await call.WaitAsync(environment.Options.CancellationGrace, environment.Clock, CancellationToken.None);
    }

    private static string Describe(Exception e) => string.IsNullOrWhiteSpace(e.Message) ? e.GetType().Name : e.Message;
}
