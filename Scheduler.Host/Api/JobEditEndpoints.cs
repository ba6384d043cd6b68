using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls that replace a job's definition, or parts of it.</summary>
internal sealed class JobEditEndpoints(IJobs jobs, DefinitionReader definitions, TimeProvider time)
{
    /// <summary>How often a patch is merged anew when somebody else was faster.</summary>
    private const int MostMerges = 5;

    /// <summary>A definition that has grown by patches is held to the same bound as a body, and some room for what was filled in.</summary>
    private const int MaxMerged = RequestBody.MaxBytes + (64 * 1024);

    internal const string MergePatch = "application/merge-patch+json";

    internal const string Json = "application/json";

    /// <summary><c>PUT /jobs/{id}</c>. Repeating it changes nothing, so an <c>Idempotency-Key</c> has nothing to do here.</summary>
    public async Task PutAsync(HttpContext context)
    {
        var id = CommandReader.NewJobId(context);
        var guard = GuardReader.Read(context);
        var body = await RequestBody.ReadAsync(context);
        JobDefinition definition;
        using (var json = RequestBody.Parse(body))
        {
            var job = DefinitionReader.HasReadOnly(json.RootElement) ? await FindAsync(id, context.RequestAborted) : JobState.Empty(id);
            definition = definitions.Read(json.RootElement, time.GetUtcNow(), job);

            // It was compared with this revision, and must not replace another one.
            if (job.Exists && guard == Precondition.None)
                guard = new Precondition([job.Revision], MustExist: true, MustNotExist: false);
        }

        var command = new PutJob(id, definition, guard) { Origin = CommandReader.OriginWithoutKey(context) };
        var accepted = await jobs.ExpectAsync<JobAccepted>(command, context.RequestAborted);
        if (accepted.IsNew)
            context.Response.Headers.Location = $"/jobs/{id.Value}";
        await Answer.WriteJobAsync(context, accepted.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, accepted);
    }

    /// <summary><c>PATCH /jobs/{id}</c>.</summary>
    public async Task PatchAsync(HttpContext context)
    {
        var id = CommandReader.JobId(context);
        RequirePatch(context);
        var guard = GuardReader.Read(context);
        var key = CommandReader.Origin(context);
        var body = await RequestBody.ReadAsync(context);
        var origin = CommandReader.WithBody(key, body.Span);
        using var patch = RequestBody.Parse(body);
        for (var merges = 0; merges < MostMerges; merges++)
        {
            var found = (await jobs.ExpectAsync<JobFound>(new GetJob(id), context.RequestAborted)).State;
            var isRepeated = origin.Key is not null && found.Keys.Any(k => k.Key == origin.Key);
            if (!isRepeated && !guard.HoldsFor(found))
                throw Problems.PreconditionFailed(id, found.Revision);

            // Under a key that was used before, the job answers for what it was used for, and the patch says nothing any more.
            var definition = isRepeated ? found.Definition! : Merged(patch, found);
            var command = new UpdateJob(id, definition, new Precondition([found.Revision], MustExist: true, MustNotExist: false)) { Origin = origin };
            var reply = await jobs.ReplyAsync(command, context.RequestAborted);
            if (reply is JobAccepted accepted)
            {
                await Answer.WriteJobAsync(context, StatusCodes.Status200OK, accepted);
                return;
            }

            if (reply is not PreconditionFailed)
                throw Asking.Otherwise(command, reply);
        }

        throw Problems.Conflict(id, $"Others edited the job {MostMerges} times while this patch was applied. Repeat the request later.");
    }

    private static void RequirePatch(HttpContext context)
    {
        var sent = context.Request.ContentType;
        if (MediaTypeHeaderValue.TryParse(sent, out var type)
            && RequestBody.IsUtf8(type)
            && (type.MediaType.Equals(MergePatch, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        context.Response.Headers["Accept-Patch"] = $"{MergePatch}, {Json}";
        throw Problems.UnsupportedMediaType(sent, MergePatch);
    }

    private async Task<JobState> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        var command = new GetJob(id);
        return await jobs.ReplyAsync(command, cancellationToken) switch
        {
            JobFound found => found.State,
            JobNotFound => JobState.Empty(id),
            var reply => throw Asking.Otherwise(command, reply),
        };
    }

    private JobDefinition Merged(JsonDocument patch, JobState job)
    {
        var merged = DefinitionPatch.Apply(patch.RootElement, job.Definition!);
        if (merged.Length > MaxMerged)
            throw Problems.TooLarge(RequestBody.MaxBytes);
        using var json = RequestBody.Parse(merged);
        return definitions.Read(json.RootElement, time.GetUtcNow(), job);
    }
}
