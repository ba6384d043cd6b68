using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// The steps of a node's projections, with group commit: thirty-two slices that each wrote for themselves sent four commands a step, more than all else that a run asks of the
/// database (2026-11-29: 2.5 of 3.4 commands a run at 300 runs a second).
/// </summary>
internal sealed class StepCommits
{
    // All slices, of the live set and of one that is rebuilt.
    private const int MostSteps = 64;

    // What one call may take time for: catching up, each slice has hundreds.
    private const int MostRows = 2000;

    private readonly ViewDatabase _database;
    private readonly ViewSets _sets;
    private readonly StepCommit _steps;
    private readonly GroupCommit<Waiting> _commits;

    public StepCommits(ViewDatabase database, ViewSets sets)
    {
        _database = database;
        _sets = sets;
        _steps = new StepCommit(database);
        _commits = new GroupCommit<Waiting>(MostSteps, WriteAsync, static (waiting, cause) => waiting.End(cause));
        _commits.Start();
    }

    /// <summary>Completes when the step is written, and fails alone when it alone can't be.</summary>
    public Task CommitAsync(ProjectionStep step)
    {
        var waiting = new Waiting(step);
        _commits.Add(waiting);
        return waiting.Written;
    }

    public Task EndAsync() => _commits.EndAsync();

    private async Task WriteAsync(IReadOnlyList<Waiting> batch)
    {
        foreach (var steps in Groups(batch))
        {
            try
            {
                await WriteTogetherAsync(steps);
            }
            catch (Exception e) when (steps.Count > 1 && IsAnswer(e))
            {
                // One of them is to blame; the others are not to wait for it.
                foreach (var step in steps)
                    await WriteAloneAsync(step);
            }
            catch (ViewTablesReplacedException e)
            {
                foreach (var step in steps)
                    step.End(e);
            }
        }
    }

    private async Task WriteAloneAsync(Waiting step)
    {
        try
        {
            await WriteTogetherAsync([step]);
        }
        catch (Exception e) when (IsAnswer(e))
        {
            step.End(e);
        }
    }

    private async Task WriteTogetherAsync(IReadOnlyList<Waiting> steps)
    {
        var tables = steps[0].Step.Tables;
        await _database.CallAsync(
            async stop =>
            {
                var sets = await _sets.CurrentAsync(stop);
                if (tables != sets.Live && tables != sets.Rebuilt)
                    throw new ViewTablesReplacedException($"The set {tables} of view collections is no more.");
                await _steps.WriteAsync(tables, [.. steps.Select(step => step.Step)], stop);
                return steps;
            },
            ViewDatabase.LongPatience,
            CancellationToken.None);
        foreach (var step in steps)
            step.End(cause: null);
    }

    /// <summary>Whether something was refused, by the server or before it was sent, so that others may not be.</summary>
    private static bool IsAnswer(Exception problem) =>
        problem is not ViewTablesReplacedException
        && problem is not ViewsUnavailableException { InnerException: TimeoutException or OperationCanceledException or ObjectDisposedException or MongoConnectionException };

    private static IEnumerable<IReadOnlyList<Waiting>> Groups(IReadOnlyList<Waiting> batch)
    {
        foreach (var ofSet in batch.GroupBy(waiting => waiting.Step.Tables))
        {
            var (group, rows) = (new List<Waiting>(), 0);
            foreach (var waiting in ofSet)
            {
                var more = waiting.Step.Jobs.Count + waiting.Step.Runs.Count;
                if (group.Count > 0 && rows + more > MostRows)
                {
                    yield return group;
                    (group, rows) = ([], 0);
                }

                group.Add(waiting);
                rows += more;
            }

            yield return group;
        }
    }

    private sealed class Waiting(ProjectionStep step)
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ProjectionStep Step => step;

        public Task Written => _written.Task;

        public void End(Exception? cause)
        {
            if (cause is null)
                _written.TrySetResult();
            else
                _written.TrySetException(cause);
        }
    }
}
