using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Something that the writer's thread is to do, and that somebody waits for.</summary>
internal abstract class ViewRequest
{
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<long> Done => _done.Task;

    public void Succeed(long result) => _done.TrySetResult(result);

    public void Fail(Exception cause) => _done.TrySetException(cause);
}

/// <summary>A projection's step; shares its transaction with others and with rows.</summary>
internal sealed class StepRequest(ProjectionStep step) : ViewRequest
{
    public ProjectionStep Step => step;
}

/// <summary>Anything else; makes transactions of its own.</summary>
internal sealed class ControlRequest(Func<SqliteConnection, long> run) : ViewRequest
{
    public Func<SqliteConnection, long> Run => run;
}
