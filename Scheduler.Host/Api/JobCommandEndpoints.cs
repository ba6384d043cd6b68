using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that create a job, and those that tell it to do something.</summary>
internal sealed class JobCommandEndpoints(IJobs jobs, DefinitionReader definitions, NewJobIds newIds, TimeProvider time)
{
    /// <summary><c>POST /jobs</c>.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        var origin = CommandReader.Origin(context);
        CreateJob command;
        using (var json = RequestBody.Parse(body))
            command = ToCommand(json.RootElement, body.Span, origin);
        var accepted = await CreateAsync(command, context.RequestAborted);
        context.Response.Headers.Location = $"/jobs/{command.JobId.Value}";
        await Answer.WriteJobAsync(context, StatusCodes.Status201Created, accepted);
    }

    /// <summary>The command that a body becomes.</summary>
    /// <param name="json">The body, parsed.</param>
    /// <param name="body">The body as it was sent: under the same key another one is refused.</param>
    /// <param name="origin">Who sent it.</param>
    /// <exception cref="ProblemException">Something is wrong with it.</exception>
    public CreateJob ToCommand(JsonElement json, ReadOnlySpan<byte> body, CommandOrigin origin)
    {
        var now = time.GetUtcNow();
        var definition = definitions.Read(json, now);
        return new CreateJob(
            origin.Key is { } key ? KeyedJobId.Of(key) : newIds.Make(now),
            definition,
            origin.Key is null ? null : BodyHash.Of(body))
        {
            Origin = origin,
        };
    }

    /// <summary>Creates the job.</summary>
    /// <exception cref="ProblemException">It was not created, or nobody knows.</exception>
    public async Task<JobAccepted> CreateAsync(CreateJob command, CancellationToken cancellationToken)
    {
        using var unused = command.Origin.Key is null ? newIds.Add(command.JobId) : null;
        return await jobs.ExpectAsync<JobAccepted>(command, cancellationToken);
    }

    /// <summary><c>POST /jobs/{id}/pause</c>.</summary>
    public Task PauseAsync(HttpContext context) => TellAsync(context, (id, reason) => new PauseJob(id, reason));

    /// <summary><c>POST /jobs/{id}/resume</c>.</summary>
    public Task ResumeAsync(HttpContext context) => TellAsync(context, (id, reason) => new ResumeJob(id, reason));

    /// <summary><c>POST /jobs/{id}/cancel</c>.</summary>
    public Task CancelAsync(HttpContext context) => TellAsync(context, (id, reason) => new CancelJob(id, reason));

    /// <summary><c>POST /jobs/{id}/trigger</c>.</summary>
    public async Task TriggerAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var (reason, origin) = await CommandReader.ReasonAsync(context);
        var command = new TriggerJob(id, reason) { Origin = origin };
        var accepted = await jobs.ExpectAsync<RunAccepted>(command, context.RequestAborted);
        context.Response.Headers.Location = $"/runs/{accepted.RunId.Value}";
        Answer.MarkReplayed(context, accepted.Replayed);
        await Answer.WriteAsync(context, StatusCodes.Status202Accepted, new TriggerAnswer(accepted.RunId.Value), ApiJson.Answers.TriggerAnswer);
    }

    /// <summary><c>DELETE /jobs/{id}</c>. Repeating it changes nothing, so an <c>Idempotency-Key</c> has nothing to do here.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        var command = new DeleteJob(id, Reason: null)
        {
            Origin = CommandReader.OriginWithoutKey(context),
            Precondition = GuardReader.Read(context),
        };
        await jobs.ExpectAsync<JobAccepted>(command, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task TellAsync(HttpContext context, Func<JobId, string?, JobCommand> command)
    {
        var id = CommandReader.JobId(context);
        var (reason, origin) = await CommandReader.ReasonAsync(context);
        var told = command(id, reason) with { Origin = origin };
        await Answer.WriteJobAsync(context, StatusCodes.Status200OK, await jobs.ExpectAsync<JobAccepted>(told, context.RequestAborted));
    }
}
