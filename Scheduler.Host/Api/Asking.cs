using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>Asks a job, and ends the request with a problem when it answers something else than was hoped for.</summary>
internal static class Asking
{
    /// <summary>The job's answer, if it is a <typeparamref name="TReply"/>.</summary>
    /// <exception cref="ProblemException">It is another one, or none came.</exception>
    public static async Task<TReply> ExpectAsync<TReply>(this IJobs jobs, JobCommand command, CancellationToken cancellationToken)
        where TReply : JobReply
    {
        var reply = await jobs.ReplyAsync(command, cancellationToken);
        return reply as TReply ?? throw Otherwise(command, reply);
    }

    /// <summary>The job's answer, whichever it is.</summary>
    /// <exception cref="ProblemException">None came.</exception>
    public static async Task<JobReply> ReplyAsync(this IJobs jobs, JobCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.AskAsync(command, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Problems.OutcomeUnknown(command.JobId);
        }
    }

    /// <summary>What a client is told when a command was not answered as was hoped for.</summary>
    public static Exception Otherwise(JobCommand command, JobReply reply) => reply switch
    {
        JobNotFound => Problems.NoJob(command.JobId),
        JobGone => Problems.Gone(command.JobId),
        JobConflict { IsOfKey: true } r => Problems.KeyReused(command.JobId, r.Detail),
        JobConflict r => Problems.Conflict(command.JobId, r.Detail),
        PreconditionFailed r => Problems.PreconditionFailed(command.JobId, r.Revision),
        DefinitionRefused r => Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [r.Field] = [r.Detail] }),
        OutcomeUnknown => Problems.OutcomeUnknown(command.JobId),
        DecisionFailed => Problems.DecisionFailed(command.JobId),
        JobUnreadable => Problems.JobUnreadable(command.JobId),
        StoreRefused => Problems.StoreRefused(command.JobId),
        _ => new InvalidOperationException($"{command.GetType().Name} was answered with {reply.GetType().Name}."),
    };
}
