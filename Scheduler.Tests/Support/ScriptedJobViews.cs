using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Support;

/// <summary>One read of due jobs.</summary>
public sealed record DueJobsRead(int Slice, DateTimeOffset UpTo, DueJob? After, int Limit, CancellationToken Token);

/// <summary>A read model of due jobs only.</summary>
public sealed class ScriptedJobViews : IJobViews
{
    private readonly Lock _gate = new();
    private List<DueJob> _rows = [];
    private Func<Task>? _next;

    /// <summary>What was asked.</summary>
    public Recorded<DueJobsRead> Reads { get; } = new("a read of due jobs");

    /// <summary>Makes these the rows, in any order.</summary>
    public void Hold(IEnumerable<DueJob> rows)
    {
        lock (_gate)
            _rows = [.. rows.OrderBy(r => r.WakeAt).ThenBy(r => r.JobId.Value, StringComparer.Ordinal)];
    }

    /// <summary>The next read waits for this, or fails with it.</summary>
    public void Next(Func<Task> first)
    {
        lock (_gate)
            _next = first;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken)
    {
        Func<Task>? first;
        lock (_gate)
            (first, _next) = (_next, null);
        Reads.Add(new DueJobsRead(slice, upTo, after, limit, cancellationToken));
        if (first is not null)
            await first();
        lock (_gate)
            return [.. _rows.Where(r => r.WakeAt <= upTo && IsAfter(r, after)).Take(limit)];
    }

    /// <inheritdoc />
    public ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc />
    public ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc />
    public ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc />
    public ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static bool IsAfter(DueJob row, DueJob? after) =>
        after is null || row.WakeAt > after.WakeAt
        || (row.WakeAt == after.WakeAt && string.CompareOrdinal(row.JobId.Value, after.JobId.Value) > 0);
}
