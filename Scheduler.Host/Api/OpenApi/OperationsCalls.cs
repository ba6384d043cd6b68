namespace Scheduler.Host.Api.OpenApi;

/// <summary>The calls for whoever runs the service.</summary>
internal static class OperationsCalls
{
    /// <summary>The calls.</summary>
    public static IEnumerable<Call> All()
    {
        yield return Call.Of("GET /health/live", Tags.Operations, "isLive", "The process answers.")
            .Answers(StatusCodes.Status200OK, "It does.", Shape.Of(Components.Health), AnswerExamples.Live);
        yield return Call.Of("GET /health/ready", Tags.Operations, "isReady", "A job can be created and read here.")
            .Answers(StatusCodes.Status200OK, "It can.", Shape.Of(Components.Health), AnswerExamples.Ready)
            .Answers(StatusCodes.Status503ServiceUnavailable, "It can't; the checks say why.", Shape.Of(Components.Health), AnswerExamples.NotReady);
        yield return Call.Of("GET /views", Tags.Operations, "getViews", "Shows how the read model stands.")
            .Answers(StatusCodes.Status200OK, "How it stands.", Shape.Of(Components.Views), AnswerExamples.Views);
        yield return Call.Of("POST /views:rebuild", Tags.Operations, "rebuildViews", "Makes the read model anew from the journal, while everything goes on.")
            .Saying("Does nothing while a rebuild goes on.")
            .Answers(StatusCodes.Status202Accepted, "How it stands.", Shape.Of(Components.Views), AnswerExamples.Rebuilding, Headers.Location);
    }
}
