using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Something that the writer does inside its next transaction.</summary>
internal abstract class WriteRequest
{
    /// <summary>About how many rows it writes; 1 or more.</summary>
    public virtual int Rows => 1;

    /// <summary>Whether nobody waits for it.</summary>
    public virtual bool IsUnhurried => false;

    /// <summary>The caller has given up; as long as the request only waits, it is dropped.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Writes, in the transaction that is open.</summary>
    /// <exception cref="SqliteException">
    /// <see cref="SqliteException.IsStatementsOwn"/>: this request alone fails, having undone what it did. Else the whole transaction does.
    /// </exception>
    public abstract void Execute(SqliteWriteSession session);

    /// <summary>The transaction is committed. Called on a thread of the pool.</summary>
    public abstract void Succeed();

    /// <summary>Nothing of it is stored, or (when <paramref name="unknown"/>) that can't be told. Called on a thread of the pool.</summary>
    public abstract void Fail(Exception cause, bool unknown);
}

/// <summary>A request whose caller wants to know only that it is done.</summary>
internal sealed class WriteAction(Action<SqliteWriteSession> write) : WriteRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override void Execute(SqliteWriteSession session) => write(session);

    public override void Succeed() => _done.TrySetResult();

    public override void Fail(Exception cause, bool unknown) => _done.TrySetException(cause);
}

/// <summary>Atomic writes of one caller, with an outcome for each.</summary>
internal sealed class AppendRequest(IReadOnlyList<AtomicRecords> writes) : WriteRequest
{
    private static readonly AppendOutcome[] s_oneStored = [default];

    private readonly TaskCompletionSource<IReadOnlyList<AppendOutcome>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AppendOutcome[]? _outcomes;

    public Task<IReadOnlyList<AppendOutcome>> Done => _done.Task;

    public override int Rows { get; } = writes.Sum(static write => write.Events.Count);

    public override bool IsUnhurried { get; } = writes.All(static write => write.IsUnhurried);

    public override void Execute(SqliteWriteSession session)
    {
        _outcomes = null;
        for (var i = 0; i < writes.Count; i++)
        {
            if (session.Append(writes[i].Events) is not { } cause)
                continue;
            _outcomes = new AppendOutcome[writes.Count];
            _outcomes[i] = new AppendOutcome(cause is DuplicateEventException ? AppendStatus.Duplicate : AppendStatus.NotStored, cause);
            // Storing what comes after it would leave a hole in the history.
            _outcomes.AsSpan(i + 1).Fill(new AppendOutcome(AppendStatus.NotStored, cause));
            return;
        }
    }

    public override void Succeed() => _done.TrySetResult(_outcomes ?? AllStored());

    public override void Fail(Exception cause, bool unknown)
    {
        var outcomes = new AppendOutcome[writes.Count];
        outcomes.AsSpan().Fill(new AppendOutcome(unknown ? AppendStatus.Unknown : AppendStatus.NotStored, cause));
        _done.TrySetResult(outcomes);
    }

    private AppendOutcome[] AllStored() => writes.Count == 1 ? s_oneStored : new AppendOutcome[writes.Count];
}
