using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The ways to the jobs that a query asks for.</summary>
internal sealed class JobWays
{
    private static readonly JobStatus[] AllStatuses = Enum.GetValues<JobStatus>();

    private readonly long _tables;
    private readonly JobQuery _query;
    private readonly StatementValues _values;
    private readonly ListBounds _bounds;
    private readonly List<Filter> _filters = [];

    public JobWays(long tables, JobQuery query, StatementValues values, ListBounds bounds)
    {
        (_tables, _query, _values, _bounds) = (tables, query, values, bounds);
        AddFilters();
    }

    private enum By
    {
        Status,
        Tag,
        Name,
        Id,
        Due,
        HasNextRun,
        Creation,
        Target,
        Host,
        ConcurrencyKey,
        LastOutcome,
    }

    private enum Needs
    {
        Entry,
        Row,
        Scattered,
    }

    private bool IsByNextRun => _query.Sort.IsByNextRun();

    private bool FiltersStatuses => _query.Statuses.Count > 0 && AllStatuses.Except(_query.Statuses).Any();

    /// <summary>All of them; those that have the fewest rows, most likely, first.</summary>
    public IReadOnlyList<Way> All()
    {
        var ways = new List<Way>();
        if (IsByNextRun)
            ways.Add(Due());
        if (_query.Tag is not null)
            ways.Add(Created("t", [new WayPart($"job_tags_{_tables} t CROSS JOIN jobs_{_tables} j ON j.job_id = t.job_id", $"t.tag = {Value(By.Tag)}") { Counted = $"job_tags_{_tables} t" }], [By.Tag], _bounds.Scattered));
        if (_query.ConcurrencyKey is not null)
            ways.Add(Created("j", [Part("key", $"j.concurrency_key = {Value(By.ConcurrencyKey)}")], [By.ConcurrencyKey], _bounds.Scattered));
        if (_query.LastOutcomes.Count > 0 && !_query.LastOutcomes.Contains(RunOutcome.Completed))
            ways.Add(Created("j", [.. _query.LastOutcomes.Distinct().Select(o => Part("outcome", $"j.last_outcome = '{Words.RunOutcomes.Of(o)}' AND j.{ViewSchema.BadOutcomes}"))], [By.LastOutcome], _bounds.Scattered));
        if (!IsByNextRun && _query.DueBefore is not null)
            ways.Add(Due());
        ways.Add(Created("j", [.. LaneParts()], [By.Status], MostInLanes()));
        return ways;
    }

    private void AddFilters()
    {
        if (FiltersStatuses)
            Add(By.Status, Needs.Row, $"j.status IN ({List(_query.Statuses, Words.JobStatuses)})");
        if (_query.Tag is { } tag)
            Add(By.Tag, Needs.Scattered, value => $"EXISTS (SELECT 1 FROM job_tags_{_tables} g WHERE g.job_id = j.job_id AND g.tag = {value})", _values.Of(tag));
        if (_query.NamePrefix is { } prefix)
            Add(By.Name, Needs.Entry, value => $"substr(j.name, 1, length({value})) = {value}", _values.Of(prefix));
        if (_query.NamePart is { } part)
            Add(By.Name, Needs.Entry, value => $"instr(j.name, {value}) > 0", _values.Of(part));
        if (_query.IdPart is { } id)
            Add(By.Id, Needs.Entry, value => $"instr(j.job_id, {value}) > 0", _values.Of(id));
        if (_query.DueBefore is { } due)
            Add(By.Due, Needs.Row, value => $"j.next_due_at < {value}", _values.Of(due));
        if (IsByNextRun)
            Add(By.HasNextRun, Needs.Row, "j.next_due_at IS NOT NULL");
        if (_query.CreatedAfter is { } created)
            Add(By.Creation, Needs.Entry, value => $"j.created_at > {value}", _values.Of(created));
        if (_query.Targets.Count > 0)
            Add(By.Target, Needs.Entry, $"j.target IN ({List(_query.Targets, Words.TargetKinds)})");
        if (_query.Host is { } host)
            Add(By.Host, Needs.Entry, value => $"j.host = {value}", _values.Of(host));
        if (_query.ConcurrencyKey is { } key)
            Add(By.ConcurrencyKey, Needs.Entry, value => $"j.concurrency_key = {value}", _values.Of(key));
        if (_query.LastOutcomes.Count > 0)
            Add(By.LastOutcome, Needs.Entry, $"j.last_outcome IN ({List(_query.LastOutcomes, Words.RunOutcomes)})");
    }

    /// <summary>Along next runs. Creations are in that index, too.</summary>
    private Way Due() => new()
    {
        Parts = [new WayPart($"jobs_{_tables} j INDEXED BY jobs_{_tables}_due", "j.next_due_at IS NOT NULL")],
        Key = IsByNextRun ? ("j.next_due_at", "j.job_id") : ("j.created_at", "j.job_id"),
        IsInOrder = IsByNextRun,
        To = _query.DueBefore is { } due ? new WayBound(Sql(By.Due), due.ToUnixTimeMilliseconds()) : null,
        Filters = [.. Except(By.Due, By.HasNextRun)],
        Most = Except(By.Due, By.HasNextRun, By.Creation).Any() ? _bounds.Scattered : _bounds.Rows,
    };

    /// <summary>Along creations, of some jobs.</summary>
    private Way Created(string key, IReadOnlyList<WayPart> parts, By[] has, int most) => new()
    {
        Parts = parts,
        Key = (IsByNextRun ? "j.next_due_at" : $"{key}.created_at", $"{(IsByNextRun ? "j" : key)}.job_id"),
        IsInOrder = !IsByNextRun,
        From = _query.CreatedAfter is { } after ? new WayBound($"{key}.created_at > {Value(By.Creation)}", after.ToUnixTimeMilliseconds()) : null,
        Filters = [.. Except([.. has, By.Creation])],
        Most = IsByNextRun ? _bounds.Scattered : most,
    };

    private IEnumerable<WayPart> LaneParts()
    {
        var statuses = FiltersStatuses ? _query.Statuses.Distinct().ToList() : [.. AllStatuses];
        var (pending, running) = (statuses.Contains(JobStatus.Pending), statuses.Contains(JobStatus.Running));
        if (running && !pending)
            yield return Part("running", "j.status = 'running'");
        else if (pending)
            yield return Part("created", LaneIs(Lane.Open), running ? null : "j.status = 'pending'");
        foreach (var lane in statuses.Select(Lanes.Of).Where(lane => lane is not Lane.Open).Distinct().Order())
            yield return Part("created", LaneIs(lane));
    }

    private int MostInLanes() =>
        Has(Needs.Scattered) && !Has(Needs.Entry) ? _bounds.Scattered
        : Has(Needs.Scattered) || Has(Needs.Row) || (FiltersStatuses && _query.Statuses.Any(s => s is JobStatus.Pending or JobStatus.Running)) ? _bounds.Rows
        : _bounds.Entries;

    private WayPart Part(string index, string within, string? filter = null) =>
        new($"jobs_{_tables} j INDEXED BY jobs_{_tables}_{index}", $"j.hidden = 0 AND {within}", filter);

    private static string LaneIs(Lane lane) => $"j.lane = {(int)lane}";

    private static string List<T>(IEnumerable<T> values, Words<T> words)
        where T : struct, Enum => string.Join(", ", values.Distinct().Order().Select(v => $"'{words.Of(v)}'"));

    private void Add(By by, Needs needs, Func<string, string> sql, string value) => _filters.Add(new Filter(by, needs, sql(value), value));

    private void Add(By by, Needs needs, string sql) => _filters.Add(new Filter(by, needs, sql, null));

    private string Value(By by) => _filters.Single(f => f.By == by).Value!;

    private bool Has(Needs needs) => _filters.Any(f => f.Needs == needs && f.By is not By.Status);

    private string Sql(By by) => _filters.Single(f => f.By == by).Sql;

    private IEnumerable<string> Except(params By[] by) => _filters.Where(f => !by.Contains(f.By)).Select(f => f.Sql);

    private sealed record Filter(By By, Needs Needs, string Sql, string? Value);
}
