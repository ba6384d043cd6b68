using Microsoft.OpenApi;
using Scheduler.Host.Api.Batch;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The calls about jobs.</summary>
internal static class JobCalls
{
    private static readonly OpenApiSchema ManyJobs = Shape.List("A page of jobs.", Shape.Of(Components.JobItem));

    private static readonly OpenApiSchema ManyEvents = Shape.List("A page of facts, oldest first.", Shape.Of(Components.EventItem));

    /// <summary>The calls.</summary>
    public static IEnumerable<Call> All() =>
    [
        .. Lists(),
        .. Ones(),
        Tell("pause", "Pauses a job.", "No scheduled run starts until it is resumed; what runs goes on.", StatusCodes.Status409Conflict),
        Tell("resume", "Resumes a job.", "It fires again. What was missed while it was paused is skipped.", StatusCodes.Status409Conflict),
        Tell("cancel", "Cancels a job.", "It stops for good, and so does what runs; only a `PUT` starts it anew."),
        Trigger(),
        .. Pasts(),
    ];

    private static IEnumerable<Call> Lists()
    {
        yield return Call.Of("GET /jobs", Tags.Jobs, "listJobs", "Lists jobs.")
            .Saying($"Filters hold together. {Parameters.PageEnds} {Parameters.PageLooks}")
            .Takes(Parameters.OfJobs)
            .Answers(StatusCodes.Status200OK, "A page of jobs.", ManyJobs, AnswerExamples.Jobs, Headers.Link, Headers.LookedTo)
            .Fails(StatusCodes.Status400BadRequest)
            .Needs(ProblemResponses.ViewsUnavailable);
        yield return Call.Of("POST /jobs", Tags.Jobs, "createJob", "Creates a job.")
            .Saying("With an `Idempotency-Key` it is repeatable: the same body is answered with the same job, another one is refused (422).")
            .Takes(Parameters.IdempotencyKey)
            .Sends(Shape.Of(Components.JobDefinition), RequestExamples.Definitions)
            .Answers(
                StatusCodes.Status201Created,
                "The job.",
                Shape.Of(Components.Job),
                AnswerExamples.Job,
                Headers.ETag,
                Headers.Location,
                Headers.IdempotentReplayed)
            .Fails(StatusCodes.Status410Gone, StatusCodes.Status422UnprocessableEntity)
            .Needs(ProblemResponses.CommandUnavailable);
        yield return Call.Of("POST /jobs:batch", Tags.Jobs, "createJobs", "Creates many jobs.")
            .Saying("A job a line in, an answer a line out, in order, while lines still come. A batch whose client does not send its next whole line in time ends with a line of status 408 (or with 408, when none was answered), one on a node that stops with 503: the line's number is the first that was not taken in. Under an `Idempotency-Key`, line 3 has the key `<key>/3`.")
            .Takes(Parameters.IdempotencyKey)
            .SendsLines(Components.JobDefinition, "Each line is what `POST /jobs` takes; there may be any number.", RequestExamples.Batches, BatchEndpoint.MediaTypes)
            .AnswersLines(StatusCodes.Status200OK, "A line for each line that is not blank.", Components.BatchLine, BatchEndpoint.Ndjson, AnswerExamples.Batch)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status408RequestTimeout)
            .Needs(ProblemResponses.BatchUnavailable);
    }

    private static IEnumerable<Call> Ones()
    {
        yield return Call.Of("GET /jobs/{id}", Tags.Jobs, "getJob", "Shows a job, as it is or as it was.")
            .Takes([Parameters.OfJob, .. Parameters.OfPast])
            .Answers(StatusCodes.Status200OK, "The job.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status410Gone)
            .Needs(ProblemResponses.JobUnavailable);
        yield return Call.Of("PUT /jobs/{id}", Tags.Jobs, "putJob", "Creates a job under an id of your own, or replaces its definition.")
            .Saying("Repeating it changes nothing. What `GET` answered may be edited and sent: members that the scheduler sets are taken when they are as they are, and named otherwise.")
            .Takes(Parameters.OfJob, Parameters.IfMatch, Parameters.IfNoneMatch)
            .Sends(Shape.Of(Components.JobDefinition), RequestExamples.Definitions)
            .Answers(
                StatusCodes.Status200OK, "The job, which was there.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag, Headers.IdempotentReplayed)
            .Answers(StatusCodes.Status201Created, "The job, which is new.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag, Headers.Location)
            .Fails(StatusCodes.Status412PreconditionFailed)
            .Needs(ProblemResponses.CommandUnavailable);
        yield return Call.Of("PATCH /jobs/{id}", Tags.Jobs, "patchJob", "Changes parts of a job's definition.")
            .Takes(Parameters.OfJob, Parameters.IfMatch, Parameters.IfNoneMatch, Parameters.IdempotencyKey)
            .Sends(Shape.Of(Components.JobPatch), RequestExamples.Patches, isRequired: true, JobEditEndpoints.MergePatch, JobEditEndpoints.Json)
            .Answers(StatusCodes.Status200OK, "The job.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag, Headers.IdempotentReplayed)
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status422UnprocessableEntity)
            .Fails(StatusCodes.Status415UnsupportedMediaType, ProblemResponses.UnsupportedPatch())
            .Needs(ProblemResponses.CommandUnavailable);
        yield return Call.Of("DELETE /jobs/{id}", Tags.Jobs, "deleteJob", "Deletes a job.")
            .Saying("What runs is stopped. Its history stays: runs, events and audit can still be looked at.")
            .Takes(Parameters.OfJob, Parameters.IfMatch, Parameters.IfNoneMatch)
            .AnswersNothing(StatusCodes.Status204NoContent, "It is deleted.")
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed)
            .Needs(ProblemResponses.CommandUnavailable);
    }

    private static IEnumerable<Call> Pasts()
    {
        yield return Call.Of("GET /jobs/{id}/events", Tags.Jobs, "listEvents", "Lists a job's journal.")
            .Saying($"Also of a deleted job: it is the audit trail. {Parameters.PageEnds}")
            .Takes([Parameters.OfJob, .. Parameters.OfEvents])
            .Answers(StatusCodes.Status200OK, "A page of facts.", ManyEvents, AnswerExamples.Events, Headers.Link)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .Needs(ProblemResponses.JournalUnavailable);
        yield return Call.Of("GET /jobs/{id}/audit", Tags.Jobs, "auditJob", "Is every occurrence accounted for?")
            .Takes(Parameters.OfJob)
            .Answers(StatusCodes.Status200OK, "What the job's facts prove.", Shape.Of(Components.Audit), AnswerExamples.Audit)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .Needs(ProblemResponses.JournalUnavailable);
    }

    private static Call Trigger() => Call.Of("POST /jobs/{id}/trigger", Tags.Jobs, "triggerJob", "Runs a job now.")
        .Saying("Whatever its schedule says; the schedule goes on as before.")
        .Takes(Parameters.OfJob, Parameters.IdempotencyKey)
        .Sends(Shape.Of(Components.Reason), RequestExamples.Reasons, isRequired: false)
        .Answers(
            StatusCodes.Status202Accepted,
            "The run that was asked for.",
            Shape.Of(Components.Triggered),
            AnswerExamples.Triggered,
            Headers.Location,
            Headers.IdempotentReplayed)
        .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity)
        .Needs(ProblemResponses.CommandUnavailable);

    private static Call Tell(string what, string summary, string description, params int[] more) => Call.Of($"POST /jobs/{{id}}/{what}", Tags.Jobs, $"{what}Job", summary)
        .Saying(description)
        .Takes(Parameters.OfJob, Parameters.IdempotencyKey)
        .Sends(Shape.Of(Components.Reason), RequestExamples.Reasons, isRequired: false)
        .Answers(StatusCodes.Status200OK, "The job after it.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag, Headers.IdempotentReplayed)
        .Fails([StatusCodes.Status404NotFound, StatusCodes.Status422UnprocessableEntity, .. more])
        .Needs(ProblemResponses.CommandUnavailable);
}
