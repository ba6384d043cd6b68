namespace Scheduler.Persistence.MongoDb;

/// <summary>Writes of one persistence id that go on by themselves, after their batch: another transaction is in their way.</summary>
/// <param name="writes">In their order; at least one.</param>
internal sealed class MongoStraggler(List<MongoWrite> writes)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string PersistenceId => writes[0].PersistenceId;

    /// <summary>Those that aren't decided.</summary>
    public List<MongoWrite> Writes => writes.FindAll(static write => !write.IsDecided);

    /// <summary>Completes, never with an error, when all are decided.</summary>
    public Task Done => _done.Task;

    /// <summary>True, and <see cref="Done"/> completes, when all are decided.</summary>
    public bool TryFinish()
    {
        if (!writes.TrueForAll(static write => write.IsDecided))
            return false;
        _done.TrySetResult();
        return true;
    }
}
