using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Support;

/// <summary>Whole pages of views, for specs whose rows are small.</summary>
internal static class ViewPages
{
    public static async Task<IReadOnlyList<JobView>> ListJobsAsync(this IJobViews views, JobQuery query, CancellationToken cancellationToken)
    {
        var rows = new List<JobView>();
        await views.ReadJobsAsync(query, Keep(rows), cancellationToken);
        return rows;
    }

    public static async Task<IReadOnlyList<RunView>> ListRunsAsync(this IJobViews views, RunQuery query, CancellationToken cancellationToken)
    {
        var rows = new List<RunView>();
        await views.ReadRunsAsync(query, Keep(rows), cancellationToken);
        return rows;
    }

    private static RowTaker<T> Keep<T>(List<T> rows) => (row, _) =>
    {
        rows.Add(row);
        return true;
    };
}
