using System.Globalization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that look at jobs and their history.</summary>
internal sealed class JobQueryEndpoints(
    IJobViews views, JobFinder jobs, IJobHistory history, JobPastEndpoints past, JobWaits waits, IRunProgress progress, TimeProvider time)
{
    /// <summary>What a list of jobs can be sorted by.</summary>
    internal static readonly Words<JobSort> Sorts = new("order", (JobSort.CreatedAt, "created_at"), (JobSort.CreatedAtDescending, "-created_at"));

    private const string Limit = "limit";
    private const string Cursor = "cursor";
    private const string Status = "status";
    private const string After = "after";
    private const string From = "from";
    private const string To = "to";

    internal static readonly string[] JobParameters = [Status, "tag", "name", "due_before", "created_after", "sort", Limit, Cursor];

    internal static readonly string[] RunParameters = [Status, From, To, Limit, Cursor];

    internal static readonly string[] EventParameters = [After, Limit];

    /// <summary><c>GET /jobs</c>.</summary>
    public async Task ListJobsAsync(HttpContext context)
    {
        var reader = new QueryReader(context.Request.Query, JobParameters);
        var query = new JobQuery
        {
            Status = reader.OneOf(Status, Words.JobStatuses),
            Tag = reader.Text("tag"),
            NamePrefix = reader.Text("name"),
            DueBefore = reader.Instant("due_before"),
            CreatedAfter = reader.Instant("created_after"),
            Sort = reader.OneOf("sort", Sorts) ?? JobSort.CreatedAt,
            Limit = (int)reader.Number(Limit, 1, JobQuery.MaxLimit, JobQuery.MaxLimit),
            After = reader.Cursor(Cursor, Cursors.ReadJob),
        };
        reader.ThrowIfAny();

        var page = await views.ListJobsAsync(query, context.RequestAborted).InTime(time, context.RequestAborted);
        if (page.Count == query.Limit)
            NextPage.Link(context, Cursor, Cursors.Write(new JobPosition(page[^1].State.CreatedAt, page[^1].State.Id)));
        await Answer.WriteAsync(context, StatusCodes.Status200OK, [.. page.Select(v => JobMapping.ToAnswer(v.State, waits.Of(v.State)))], ApiJson.Answers.IReadOnlyListJobAnswer);
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
        await Answer.WriteAsync(context, StatusCodes.Status200OK, JobMapping.ToAnswer(job, waits.Of(job)), ApiJson.Answers.JobAnswer);
    }

    /// <summary><c>GET /jobs/{id}/runs</c>, also of a deleted job: its history stays.</summary>
    public async Task ListRunsAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var query = ReadRunQuery(context) with { JobId = id };
        var page = await views.ListRunsAsync(query, context.RequestAborted).InTime(time, context.RequestAborted);
        if (page.Count == 0 && await jobs.FindAsync(id, context.RequestAborted) is null)
            throw Problems.NoJob(id);
        await WriteAsync(context, query, page);
    }

    /// <summary><c>GET /runs</c>: of all jobs, deleted ones included.</summary>
    public async Task ListAllRunsAsync(HttpContext context)
    {
        var query = ReadRunQuery(context);
        await WriteAsync(context, query, await views.ListRunsAsync(query, context.RequestAborted).InTime(time, context.RequestAborted));
    }

    /// <summary><c>GET /runs/{id}</c>.</summary>
    public async Task GetRunAsync(HttpContext context)
    {
        var run = RunId.TryParse(context.Request.RouteValues["id"] as string, out var id)
            ? await views.FindRunAsync(id, context.RequestAborted).InTime(time, context.RequestAborted)
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
        reader.ThrowIfAny();

        IReadOnlyList<JobFact> page;
        try
        {
            page = await history.ReadAsync(id, after, limit, context.RequestAborted);
            if (page.Count == 0 && (after == 0 || (await history.ReadAsync(id, after: 0, limit: 1, context.RequestAborted)).Count == 0))
                throw Problems.NoJob(id);
        }
        catch (TimeoutException)
        {
            throw Problems.JournalUnavailable(id);
        }

        if (page.Count == limit)
            NextPage.Link(context, After, page[^1].Version.ToString(CultureInfo.InvariantCulture));
        await Answer.WriteAsync(
            context, StatusCodes.Status200OK, [.. page.Select(e => new EventAnswer(e.Version, e.At, e.Type, e.Data))], ApiJson.Answers.IReadOnlyListEventAnswer);
    }

    private static RunQuery ReadRunQuery(HttpContext context)
    {
        var reader = new QueryReader(context.Request.Query, RunParameters);
        var query = new RunQuery
        {
            Status = reader.OneOf(Status, Words.RunStatuses),
            From = reader.Instant(From),
            To = reader.Instant(To),
            Limit = (int)reader.Number(Limit, 1, JobQuery.MaxLimit, JobQuery.MaxLimit),
            After = reader.Cursor(Cursor, Cursors.ReadRun),
        };
        reader.ThrowIfAny();
        return query;
    }

    private static async Task WriteAsync(HttpContext context, RunQuery query, IReadOnlyList<RunView> page)
    {
        if (page.Count == query.Limit)
            NextPage.Link(context, Cursor, Cursors.Write(new RunPosition(page[^1].FireTime, page[^1].RunId)));
        await Answer.WriteAsync(context, StatusCodes.Status200OK, [.. page.Select(run => RunMapping.ToAnswer(run))], ApiJson.Answers.IReadOnlyListRunAnswer);
    }
}
