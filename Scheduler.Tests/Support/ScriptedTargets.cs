using Scheduler.Actors.Domain;
using Scheduler.Actors.Execution;

namespace Scheduler.Tests.Support;

/// <summary>Targets that do what a spec says when it says so. Each call is a signal that can be awaited.</summary>
public sealed class ScriptedTargets : ITargetCaller
{
    private readonly Lock _gate = new();
    private int _running;

    /// <summary>Every call that ever began.</summary>
    public Recorded<TargetCall> Calls { get; } = new("a target to be called");

    /// <summary>How many calls ran at the same time at most.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>What a call does by itself; by default it waits for the spec.</summary>
    public Action<TargetCall>? Script { get; set; }

    /// <summary>Whether calls end when their token is cancelled.</summary>
    public bool HeedCancellation { get; set; } = true;

    /// <inheritdoc />
    public async Task<JsonText?> CallAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var call = new TargetCall(attempt, HeedCancellation, cancellationToken);
        lock (_gate)
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        try
        {
            Script?.Invoke(call);
            Calls.Add(call);
            return await call.Result;
        }
        finally
        {
            lock (_gate)
                _running--;
        }
    }
}

/// <summary>One call of a target, which ends when the spec says so.</summary>
public sealed class TargetCall
{
    private readonly TaskCompletionSource<JsonText?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TargetCall(Attempt attempt, bool heedsCancellation, CancellationToken token)
    {
        Attempt = attempt;
        Token = token;
        token.Register(() =>
        {
            _cancelled.TrySetResult();
            if (heedsCancellation)
                _result.TrySetCanceled(token);
        });
    }

    /// <summary>What runs.</summary>
    public Attempt Attempt { get; }

    /// <summary>What the target may watch.</summary>
    public CancellationToken Token { get; }

    /// <summary>When the call's token is cancelled.</summary>
    public Task Cancelled => _cancelled.Task.WaitAsync(Patience.Limit);

    internal Task<JsonText?> Result => _result.Task;

    /// <summary>The target answers.</summary>
    public void Succeed(JsonText? output = null) => _result.TrySetResult(output);

    /// <summary>The target fails.</summary>
    public void Fail(Exception error) => _result.TrySetException(error);

    /// <summary>The target fails.</summary>
    public void Fail(string error) => Fail(new InvalidOperationException(error));

    /// <inheritdoc />
    public override string ToString() => $"{Attempt.RunId} #{Attempt.Number}";
}
