using System.Globalization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The ways to the runs that a query asks for.</summary>
/// <param name="tables">The set of tables.</param>
/// <param name="query">The query.</param>
/// <param name="values">The statements' values.</param>
/// <param name="bounds">How much may be looked at.</param>
internal sealed class RunWays(long tables, RunQuery query, StatementValues values, ListBounds bounds)
{
    // Jobs with a tag whose runs are still looked for job by job.
    private const int MostTagged = 500;

    private static readonly RunStatus[] Rare = [RunStatus.Cancelled, RunStatus.Discarded, RunStatus.Retrying, RunStatus.Skipped];

    private readonly string? _tag = query.Tag is { } tag ? values.Of(tag) : null;
    private readonly WayBound? _from = query.From is { } from ? new WayBound($"r.fire_time >= {values.Of(from)}", from.ToUnixTimeMilliseconds()) : null;
    private readonly WayBound? _to = query.To is { } to ? new WayBound($"r.fire_time < {values.Of(to)}", to.ToUnixTimeMilliseconds()) : null;

    private string? Statuses => query.Statuses.Count == 0
        ? null
        : $"r.status IN ({string.Join(", ", query.Statuses.Distinct().Order().Select(s => $"'{Words.RunStatuses.Of(s)}'"))})";

    private string? HasTag => _tag is null ? null : $"EXISTS (SELECT 1 FROM job_tags_{tables} g WHERE g.job_id = r.job_id AND g.tag = {_tag})";

    /// <summary>All of them; those that have the fewest rows, most likely, first.</summary>
    public IReadOnlyList<Way> All()
    {
        if (query.JobId is { } job)
            return [Along([new WayPart($"runs_{tables} r", $"r.job_id = {values.Of(job.Value)}")], bounds.Scattered, Statuses, HasTag)];
        var ways = new List<Way>();
        if (query.Statuses.Count > 0 && query.Statuses.All(Rare.Contains))
            ways.Add(Along([.. query.Statuses.Distinct().Order().Select(OfStatus)], bounds.Scattered, HasTag));
        if (_tag is not null)
            ways.Add(OfTagged());
        ways.Add(Along([new WayPart($"runs_{tables} r INDEXED BY runs_{tables}_fire", "true")], _tag is null ? bounds.Rows : bounds.Scattered, Statuses, HasTag));
        return ways;
    }

    private WayPart OfStatus(RunStatus status) =>
        new($"runs_{tables} r INDEXED BY runs_{tables}_status", $"r.status = '{Words.RunStatuses.Of(status)}' AND r.{ViewSchema.RareRuns}");

    private Way OfTagged() => Along([new WayPart($"job_tags_{tables} g CROSS JOIN runs_{tables} r ON r.job_id = g.job_id", $"g.tag = {_tag}")], bounds.Scattered, Statuses) with
    {
        IsInOrder = false,
        Unless = string.Create(CultureInfo.InvariantCulture, $"SELECT 0, '' FROM job_tags_{tables} g WHERE g.tag = {_tag} LIMIT 1 OFFSET {MostTagged}"),
    };

    private Way Along(IReadOnlyList<WayPart> parts, int most, params string?[] filters) => new()
    {
        Parts = parts,
        Key = ("r.fire_time", "r.run_id"),
        IsInOrder = true,
        From = _from,
        To = _to,
        Filters = [.. filters.OfType<string>()],
        Most = most,
    };
}
