using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that tell a run to do something.</summary>
internal sealed class RunCommandEndpoints(IJobs jobs, RunFinder runs)
{
    /// <summary><c>POST /runs/{id}/cancel</c>.</summary>
    public async Task CancelAsync(HttpContext context)
    {
        if (!RunId.TryParse(context.Request.RouteValues["id"] as string, out var id))
            throw Problems.NoRun();
        var (reason, origin) = await CommandReader.ReasonAsync(context);
        var command = new CancelRun(id.JobId, id, reason) { Origin = origin };
        var reply = await jobs.ReplyAsync(command, context.RequestAborted);
        var accepted = reply switch
        {
            JobAccepted r => r,
            RunNotActive => await EndedAsync(id, context.RequestAborted),
            JobNotFound => throw Problems.NoRun(),
            _ => throw Asking.Otherwise(command, reply),
        };
        await Answer.WriteJobAsync(context, StatusCodes.Status200OK, accepted);
    }

    /// <summary>A run that neither runs nor waits: cancelling it again changes nothing, whatever else became of it can't be undone.</summary>
    private async Task<JobAccepted> EndedAsync(RunId id, CancellationToken cancellationToken)
    {
        var run = await runs.FindAsync(id, cancellationToken) ?? throw Problems.NoRun();
        return run.Status switch
        {
            RunStatus.Cancelled => new JobAccepted((await jobs.ExpectAsync<JobFound>(new GetJob(id.JobId), cancellationToken)).State, Replayed: true),
            RunStatus.Completed or RunStatus.Discarded or RunStatus.Skipped => throw Problems.Conflict(id.JobId, $"The run is {Words.RunStatuses.Of(run.Status)}."),
            _ => throw Problems.Conflict(id.JobId, "The run has just ended."),
        };
    }
}
