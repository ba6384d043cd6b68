using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The calls about runs, and about fire times that may become runs.</summary>
internal static class RunCalls
{
    private static readonly OpenApiSchema ManyRuns = Shape.List("A page of runs, newest first.", Shape.Of(Components.RunItem));

    /// <summary>The calls.</summary>
    public static IEnumerable<Call> All()
    {
        yield return Call.Of("GET /jobs/{id}/runs", Tags.Runs, "listRunsOfJob", "Lists a job's runs.")
            .Saying($"Newest fire time first, also of a deleted job. {Parameters.PageEnds} {Parameters.PageLooks}")
            .Takes([Parameters.OfJob, .. Parameters.OfRuns])
            .Answers(StatusCodes.Status200OK, "A page of runs.", ManyRuns, AnswerExamples.Runs, Headers.Link, Headers.LookedTo)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .Needs(ProblemResponses.ViewsUnavailable);
        yield return Call.Of("GET /runs", Tags.Runs, "listRuns", "Lists runs of all jobs.")
            .Saying($"Newest fire time first, those of deleted jobs included. {Parameters.PageEnds} {Parameters.PageLooks}")
            .Takes(Parameters.OfAllRuns)
            .Answers(StatusCodes.Status200OK, "A page of runs.", ManyRuns, AnswerExamples.Runs, Headers.Link, Headers.LookedTo)
            .Fails(StatusCodes.Status400BadRequest)
            .Needs(ProblemResponses.ViewsUnavailable);
        yield return Call.Of("GET /runs/{id}", Tags.Runs, "getRun", "Shows a run.")
            .Takes(Parameters.OfRun)
            .Answers(StatusCodes.Status200OK, "The run.", Shape.Of(Components.Run), AnswerExamples.Run)
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound)
            .Needs(ProblemResponses.ViewsUnavailable);
        yield return Call.Of("POST /runs/{id}/cancel", Tags.Runs, "cancelRun", "Stops one run, and keeps the schedule.")
            .Takes(Parameters.OfRun, Parameters.IdempotencyKey)
            .Sends(Shape.Of(Components.Reason), RequestExamples.Reasons, isRequired: false)
            .Answers(StatusCodes.Status200OK, "The job after it.", Shape.Of(Components.Job), AnswerExamples.Job, Headers.ETag, Headers.IdempotentReplayed)
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity)
            .Needs(ProblemResponses.RunCommandUnavailable);
        yield return Call.Of("POST /schedules:preview", Tags.Schedules, "previewSchedule", "Shows when a schedule would fire.")
            .Saying("Nothing is stored.")
            .Sends(Shape.Of(Components.PreviewRequest), RequestExamples.Previews)
            .Answers(StatusCodes.Status200OK, "Fire times, with a note where a clock change moved one.", Shape.Of(Components.Preview), AnswerExamples.Preview);
    }
}
