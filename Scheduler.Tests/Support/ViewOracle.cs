using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Support;

/// <summary>What a page of a list is, by looking at all there is, in memory.</summary>
internal static class ViewOracle
{
    public static PageEnd<JobPosition> Read(JobQuery query, IEnumerable<JobState> jobs, Predicate<JobState> take, int mostLookedAt = int.MaxValue)
    {
        var rows = jobs.Where(job => job.Exists && (!query.Sort.IsByNextRun() || job.NextDueAt is not null));
        return Read(rows, job => JobPosition.Of(job, query.Sort), p => (p.At, p.JobId.Value), query.Sort.IsDescending(), query.After, query.Limit, job => Matches(query, job), take, mostLookedAt);
    }

    public static PageEnd<RunPosition> Read(RunQuery query, IEnumerable<RunView> runs, Func<JobId, string, bool> hasTag, Predicate<RunView> take, int mostLookedAt = int.MaxValue) =>
        Read(runs, RunPosition.Of, p => (p.FireTime, p.RunId.Value), isDescending: true, query.After, query.Limit, run => Matches(query, run, hasTag), take, mostLookedAt);

    public static bool Matches(JobQuery query, JobState job) =>
        (query.Statuses.Count == 0 || query.Statuses.Contains(job.Status))
        && (query.Tag is null || job.Definition!.Tags.Contains(query.Tag, StringComparer.Ordinal))
        && (query.NamePrefix is null || job.Definition!.Name.StartsWith(query.NamePrefix, StringComparison.Ordinal))
        && (query.NamePart is null || job.Definition!.Name.Contains(query.NamePart, StringComparison.Ordinal))
        && (query.IdPart is null || job.Id.Value.Contains(query.IdPart, StringComparison.Ordinal))
        && (query.DueBefore is null || job.NextDueAt < query.DueBefore)
        && (query.CreatedAfter is null || job.CreatedAt > query.CreatedAfter)
        && (query.Targets.Count == 0 || query.Targets.Contains(TargetFacets.KindOf(job.Definition!.Target)))
        && (query.Host is null || TargetFacets.HostOf(job.Definition!.Target) == query.Host)
        && (query.ConcurrencyKey is null || job.Definition!.ConcurrencyKey == query.ConcurrencyKey)
        && (query.LastOutcomes.Count == 0 || (job.LastOutcome is { } outcome && query.LastOutcomes.Contains(outcome)));

    public static bool Matches(RunQuery query, RunView run, Func<JobId, string, bool> hasTag) =>
        (query.JobId is null || run.JobId == query.JobId)
        && (query.Tag is null || hasTag(run.JobId, query.Tag))
        && (query.Statuses.Count == 0 || query.Statuses.Contains(run.Status))
        && (query.From is null || run.FireTime >= query.From)
        && (query.To is null || run.FireTime < query.To);

    private static PageEnd<TPosition> Read<TRow, TPosition>(
        IEnumerable<TRow> rows,
        Func<TRow, TPosition> position,
        Func<TPosition, (DateTimeOffset At, string Id)> key,
        bool isDescending,
        TPosition? after,
        int limit,
        Predicate<TRow> matches,
        Predicate<TRow> take,
        int mostLookedAt)
        where TPosition : class
    {
        var order = Comparer<TPosition>.Create((a, b) => Compare(key(a), key(b)) * (isDescending ? -1 : 1));
        var (count, looked, last) = (0, 0, after);
        foreach (var row in rows.Where(row => after is null || order.Compare(position(row), after) > 0).OrderBy(position, order))
        {
            if (looked == mostLookedAt)
                return PageEnd<TPosition>.CutShort(last!);
            looked++;
            if (matches(row))
            {
                if (!take(row))
                    return PageEnd<TPosition>.Full(last);
                count++;
            }

            last = position(row);
            if (count == limit)
                return PageEnd<TPosition>.Full(last);
        }

        return PageEnd<TPosition>.Last;
    }

    private static int Compare((DateTimeOffset At, string Id) a, (DateTimeOffset At, string Id) b) =>
        a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Id, b.Id);
}
