using System.Security.Cryptography;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that change a job.</summary>
internal sealed class JobCommandEndpoints(IJobs jobs, HandlerNames handlers, TimeProvider time)
{
    private readonly JobContractReader _contracts = new(handlers);

    /// <summary><c>POST /jobs</c>.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        var origin = CommandReader.Origin(context);
        var now = time.GetUtcNow();
        JobDefinition definition;
        using (var json = RequestBody.Parse(body))
            definition = JobMapping.ToDefinition(_contracts.Read(json.RootElement, now), now);

        var command = origin.Key is { } key
            ? new CreateJob(KeyedJobId.Of(key), definition, Convert.ToHexStringLower(SHA256.HashData(body.Span)))
            : new CreateJob(JobId.Parse(Guid.CreateVersion7(now).ToString("D")), definition, BodyHash: null);
        var accepted = await AskAsync<JobAccepted>(command with { Origin = origin }, context);
        context.Response.Headers.Location = $"/jobs/{command.JobId.Value}";
        await AnswerAsync(context, StatusCodes.Status201Created, accepted);
    }

    /// <summary><c>POST /jobs/{id}/cancel</c>.</summary>
    public async Task CancelAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var command = new CancelJob(id, await CommandReader.ReasonAsync(context)) { Origin = CommandReader.Origin(context) };
        await AnswerAsync(context, StatusCodes.Status200OK, await AskAsync<JobAccepted>(command, context));
    }

    /// <summary><c>POST /jobs/{id}/trigger</c>.</summary>
    public async Task TriggerAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var command = new TriggerJob(id, await CommandReader.ReasonAsync(context)) { Origin = CommandReader.Origin(context) };
        var accepted = await AskAsync<RunAccepted>(command, context);
        context.Response.Headers.Location = $"/runs/{accepted.RunId.Value}";
        MarkReplayed(context, accepted.Replayed);
        await Answer.WriteAsync(context, StatusCodes.Status202Accepted, new TriggerAnswer(accepted.RunId.Value), ApiJson.Answers.TriggerAnswer);
    }

    /// <summary><c>DELETE /jobs/{id}</c>.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        await AskAsync<JobAccepted>(new DeleteJob(id, Reason: null) { Origin = CommandReader.Origin(context) }, context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AnswerAsync(HttpContext context, int status, JobAccepted accepted)
    {
        Answer.SetETag(context, accepted.State);
        MarkReplayed(context, accepted.Replayed);
        return Answer.WriteAsync(context, status, JobMapping.ToAnswer(accepted.State), ApiJson.Answers.JobAnswer);
    }

    private static void MarkReplayed(HttpContext context, bool isReplayed)
    {
        if (isReplayed)
            context.Response.Headers["Idempotent-Replayed"] = "true";
    }

    private async Task<TReply> AskAsync<TReply>(JobCommand command, HttpContext context)
        where TReply : JobReply
    {
        JobReply reply;
        try
        {
            reply = await jobs.AskAsync(command, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            throw Problems.OutcomeUnknown(command.JobId);
        }

        return reply as TReply ?? throw reply switch
        {
            JobNotFound => Problems.NoJob(command.JobId),
            JobGone => Problems.Gone(command.JobId),
            JobConflict r => Problems.Conflict(command.JobId, r.Detail),
            OutcomeUnknown => Problems.OutcomeUnknown(command.JobId),
            StoreRefused => Problems.StoreRefused(command.JobId),
            _ => new InvalidOperationException($"{command.GetType().Name} was answered with {reply.GetType().Name}."),
        };
    }
}
