namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The rows of the view writer, with group commit.</summary>
internal sealed class RowCommits
{
    private const int Largest = 500;

    private readonly ViewDatabase _database;
    private readonly ViewSets _sets;
    private readonly GroupCommit<Waiting> _commits;

    public RowCommits(ViewDatabase database, ViewSets sets)
    {
        _database = database;
        _sets = sets;
        _commits = new GroupCommit<Waiting>(Largest, WriteAsync, (waiting, cause) => waiting.End(cause));
        _commits.Start();
    }

    public void Add(RowWrite row) => _commits.Add(new Waiting(row, null));

    /// <summary>Completes when all rows that were added before have been written, or told that they were not.</summary>
    public Task PassedAsync()
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _commits.Add(new Waiting(null, passed));
        return passed.Task;
    }

    public Task EndAsync() => _commits.EndAsync();

    private async Task WriteAsync(IReadOnlyList<Waiting> batch)
    {
        var rows = batch.Select(w => w.Row).OfType<RowWrite>().ToList();
        var failures = rows.Count == 0 ? [] : await _database.CallAsync(stop => WriteAsync(rows, stop), ViewDatabase.Patience, CancellationToken.None);
        var next = 0;
        foreach (var waiting in batch)
            waiting.End(waiting.Row is null ? null : failures[next++]);
    }

    private async Task<Exception?[]> WriteAsync(List<RowWrite> rows, CancellationToken cancellationToken)
    {
        var failures = new Exception?[rows.Count];
        var updates = rows.ConvertAll(JobDocuments.Write);
        long[] written = [.. (await _sets.CurrentAsync(cancellationToken)).Written];
        foreach (var tables in written)
        {
            var outcomes = await GuardedUpdate.WriteAsync(_database.Jobs(tables), updates, cancellationToken);
            for (var i = 0; i < failures.Length; i++)
                failures[i] ??= outcomes[i].Failure;
        }

        foreach (var row in rows)
            row.Into(written);

        return failures;
    }

    private sealed record Waiting(RowWrite? Row, TaskCompletionSource? Passed)
    {
        public void End(Exception? cause)
        {
            Passed?.TrySetResult();
            if (cause is null)
                Row?.Succeed();
            else
                Row?.Fail(cause);
        }
    }
}
