using System.Globalization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Paging;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that look at jobs and their history.</summary>
internal sealed class JobQueryEndpoints(
    IJobViews views, JobFinder jobs, RunFinder runs, IJobHistory history, JobPastEndpoints past, JobWaits waits, IRunProgress progress, TimeProvider time)
{
    /// <summary>What a list of jobs can be sorted by.</summary>
    internal static readonly Words<JobSort> Sorts = new(
        "order",
        (JobSort.CreatedAt, "created_at"),
        (JobSort.CreatedAtDescending, "-created_at"),
        (JobSort.NextRun, "next_run"),
        (JobSort.NextRunDescending, "-next_run"));

    private const string Limit = "limit";
    private const string Cursor = "cursor";
    private const string Status = "status";
    private const string Tag = "tag";
    private const string After = "after";
    private const string From = "from";
    private const string To = "to";

    internal static readonly string[] JobParameters =
    [
        Status, Tag, "name", "name_contains", "id_contains", "due_before", "created_after", "target", "host", "concurrency_key", "last_outcome", "sort",
        FieldSelection.Parameter, Limit, Cursor,
    ];

    internal static readonly string[] RunParameters = [Status, From, To, FieldSelection.Parameter, Limit, Cursor];

    internal static readonly string[] AllRunParameters = ["job", Tag, .. RunParameters];

    private static readonly string[] RunFields = [.. ApiJson.Answers.RunAnswer.Properties.Select(p => p.Name)];

    private static readonly string[] EventFields = [.. ApiJson.Answers.EventAnswer.Properties.Select(p => p.Name)];

    internal static readonly string[] EventParameters = [After, FieldSelection.Parameter, Limit];

    /// <summary><c>GET /jobs</c>.</summary>
    public async Task ListJobsAsync(HttpContext context)
    {
        var reader = new QueryReader(context.Request.Query, JobParameters);
        var sort = reader.OneOf("sort", Sorts) ?? JobSort.CreatedAt;
        var query = new JobQuery
        {
            Statuses = reader.SomeOf(Status, Words.JobStatuses),
            Tag = reader.Text(Tag),
            NamePrefix = reader.Text("name"),
            NamePart = reader.Text("name_contains"),
            IdPart = reader.Text("id_contains"),
            DueBefore = reader.Instant("due_before"),
            CreatedAfter = reader.Instant("created_after"),
            Targets = reader.SomeOf("target", Words.TargetKinds),
            Host = reader.Text("host")?.ToLowerInvariant(),
            ConcurrencyKey = reader.Text("concurrency_key"),
            LastOutcomes = reader.SomeOf("last_outcome", Words.RunOutcomes),
            Sort = sort,
            Limit = (int)reader.Number(Limit, 1, JobQuery.MaxLimit, JobQuery.MaxLimit),
            After = reader.Cursor(Cursor, text => Cursors.ReadJob(text, sort)),
        };
        var page = new Page<JobAnswer>(ApiJson.Answers.JobAnswer, FieldSelection.Read(reader, JobAnswerMembers.All.Names));
        reader.ThrowIfAny();

        var end = await views
            .ReadJobsAsync(query, (job, bytes) => page.TryAdd(JobMapping.ToAnswer(job.State, waits.Of(job.State)), bytes), context.RequestAborted)
            .InTime(time, context.RequestAborted);
        if (end is { HasMore: true, LookedTo: { } last })
            NextPage.Link(context, Cursor, Cursors.Write(last, sort), end.IsCutShort ? last.At : null);
        await page.WriteAsync(context);
    }

    /// <summary><c>GET /jobs/{id}</c>, as it is, or as it was.</summary>
    public async Task GetJobAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        if (context.Request.Query.Count > 0 && AsOf.Read(context) is { } asOf)
        {
            await past.GetAsync(context, id, asOf);
            return;
        }

        var job = await jobs.FindAsync(id, context.RequestAborted);
        if (job is not { Exists: true })
            throw Problems.NoJob(id);
        Answer.SetETag(context, job);
        await Answer.WriteAsync(
            context, StatusCodes.Status200OK, JobMapping.ToAnswer(job, await waits.FindAsync(job, context.RequestAborted)), ApiJson.Answers.JobAnswer);
    }

    /// <summary><c>GET /jobs/{id}/runs</c>, also of a deleted job: its history stays.</summary>
    public async Task ListRunsAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var reader = new QueryReader(context.Request.Query, RunParameters);
        var (query, page) = ReadRunQuery(reader);
        await ReadRunsAsync(context, query with { JobId = id }, page);
        if (page.Count == 0 && await jobs.FindAsync(id, context.RequestAborted) is null)
            throw Problems.NoJob(id);
        await page.WriteAsync(context);
    }

    /// <summary><c>GET /runs</c>: of all jobs, deleted ones included.</summary>
    public async Task ListAllRunsAsync(HttpContext context)
    {
        var reader = new QueryReader(context.Request.Query, AllRunParameters);
        var (job, tag) = (reader.Job("job"), reader.Text(Tag));
        var (query, page) = ReadRunQuery(reader);
        await ReadRunsAsync(context, query with { JobId = job, Tag = tag }, page);
        await page.WriteAsync(context);
    }

    /// <summary><c>GET /runs/{id}</c>.</summary>
    public async Task GetRunAsync(HttpContext context)
    {
        var run = RunId.TryParse(context.Request.RouteValues["id"] as string, out var id)
            ? await runs.FindAsync(id, context.RequestAborted)
            : null;
        if (run is null)
            throw Problems.NoRun();
        var said = run.Status is RunStatus.Running ? await progress.FindAsync(run.JobId, run.RunId, context.RequestAborted) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, RunMapping.ToAnswer(run, said), ApiJson.Answers.RunAnswer);
    }

    /// <summary><c>GET /jobs/{id}/events</c>, also of a deleted job: it is the audit trail.</summary>
    public async Task ListEventsAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var reader = new QueryReader(context.Request.Query, EventParameters);
        var after = reader.Number(After, 0, long.MaxValue, otherwise: 0);
        var limit = (int)reader.Number(Limit, 1, JobQuery.MaxLimit, JobQuery.MaxLimit);
        var page = new Page<EventAnswer>(ApiJson.Answers.EventAnswer, FieldSelection.Read(reader, EventFields));
        reader.ThrowIfAny();

        var last = after;
        try
        {
            var more = await history.ReadAsync(id, after, limit, Take, context.RequestAborted);
            if (page.Count == 0 && (after == 0 || !await IsThereAsync(id, context.RequestAborted)))
                throw Problems.NoJob(id);
            if (more)
                NextPage.Link(context, After, last.ToString(CultureInfo.InvariantCulture));
        }
        catch (TimeoutException)
        {
            throw Problems.JournalUnavailable(id);
        }

        await page.WriteAsync(context);

        bool Take(JobFact fact)
        {
            if (!page.TryAdd(new EventAnswer(fact.Version, fact.At, fact.Type, fact.Data), fact.Data.Raw.Length))
                return false;
            last = fact.Version;
            return true;
        }
    }

    private async Task<bool> IsThereAsync(JobId id, CancellationToken cancellationToken)
    {
        var isThere = false;
        await history.ReadAsync(id, after: 0, limit: 1, _ => isThere = true, cancellationToken);
        return isThere;
    }

    private static (RunQuery Query, Page<RunAnswer> Page) ReadRunQuery(QueryReader reader)
    {
        var query = new RunQuery
        {
            Statuses = reader.SomeOf(Status, Words.RunStatuses),
            From = reader.Instant(From),
            To = reader.Instant(To),
            Limit = (int)reader.Number(Limit, 1, JobQuery.MaxLimit, JobQuery.MaxLimit),
            After = reader.Cursor(Cursor, Cursors.ReadRun),
        };
        var page = new Page<RunAnswer>(ApiJson.Answers.RunAnswer, FieldSelection.Read(reader, RunFields));
        reader.ThrowIfAny();
        return (query, page);
    }

    private async Task ReadRunsAsync(HttpContext context, RunQuery query, Page<RunAnswer> page)
    {
        var end = await views
            .ReadRunsAsync(query, (run, bytes) => page.TryAdd(RunMapping.ToAnswer(run), bytes), context.RequestAborted)
            .InTime(time, context.RequestAborted);
        if (end is { HasMore: true, LookedTo: { } last })
            NextPage.Link(context, Cursor, Cursors.Write(last), end.IsCutShort ? last.FireTime : null);
    }
}
