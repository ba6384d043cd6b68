using System.Globalization;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that are answered from a job's journal, from its first fact on, in bounded memory however many there are.</summary>
internal sealed class JobPastEndpoints(JobFinder jobs, TimeProvider time)
{
    /// <summary><c>GET /jobs/{id}?as_of=</c>: the job as it was, also of one that was deleted later. Without an <c>ETag</c>: nothing can be edited in the past.</summary>
    public async Task GetAsync(HttpContext context, JobId id, AsOf asOf)
    {
        var state = JobState.Empty(id);
        await foreach (var (version, fact) in jobs.EventsAsync(id, context.RequestAborted))
        {
            if (!asOf.Includes(version, fact.At))
            {
                if (state.Version == 0 && version > 1)
                    throw Problems.Trimmed(id, version, fact.At);
                break;
            }

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
        await foreach (var (_, fact) in jobs.EventsAsync(id, context.RequestAborted))
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
}
