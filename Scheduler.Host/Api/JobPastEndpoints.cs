using System.Globalization;
using System.Runtime.CompilerServices;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that are answered from a job's journal, from its first fact on, in bounded memory however many there are.</summary>
internal sealed class JobPastEndpoints(IJobHistory history, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary><c>GET /jobs/{id}?as_of=</c>: the job as it was, also of one that was deleted later. Without an <c>ETag</c>: nothing can be edited in the past.</summary>
    public async Task GetAsync(HttpContext context, JobId id, AsOf asOf)
    {
        var state = JobState.Empty(id);
        await foreach (var (version, fact) in EventsAsync(id, context.RequestAborted))
        {
            if (!asOf.Includes(version, fact.At))
                break;
            state = state.Apply(fact) with { Version = version };
        }

        if (state.Version < asOf.Version)
            throw state.Version == 0 ? Problems.NoJob(id) : Problems.NotFound($"Job '{id}' has no version {asOf.Version.Value.ToString(CultureInfo.InvariantCulture)} yet.");
        if (!state.Exists)
            throw Problems.NotFound(state.IsDeleted ? $"Job '{id}' was deleted then." : $"There was no job '{id}' then.");
        await Answer.WriteAsync(context, StatusCodes.Status200OK, JobMapping.ToAnswer(state, waitingFor: null), ApiJson.Answers.JobAnswer);
    }

    /// <summary><c>GET /jobs/{id}/audit</c>: is every occurrence accounted for? Also of a deleted job.</summary>
    public async Task AuditAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var audit = new JobAudit(id);
        var isEmpty = true;
        await foreach (var (_, fact) in EventsAsync(id, context.RequestAborted))
        {
            audit.Read(fact);
            isEmpty = false;
        }

        if (isEmpty)
            throw Problems.NoJob(id);
        var report = audit.Conclude(time.GetUtcNow());
        await Answer.WriteAsync(
            context,
            StatusCodes.Status200OK,
            new AuditAnswer(
                report.Clean, report.Occurrences, report.Completed, report.Discarded, report.Cancelled, report.Skipped, report.Open, report.Gaps),
            ApiJson.Answers.AuditAnswer);
    }

    private async IAsyncEnumerable<StoredEvent> EventsAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        IReadOnlyList<StoredEvent> page;
        do
        {
            try
            {
                page = await history.ReadEventsAsync(id, after, PageSize, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw Problems.JournalUnavailable(id);
            }

            foreach (var stored in page)
                yield return stored;
            after = page.Count == 0 ? after : page[^1].Version;
        }
        while (page.Count == PageSize);
    }
}
