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
        yield return Call.Of("GET /cluster", Tags.Operations, "getCluster", "Shows the nodes, and what fire times are computed with.")
            .Answers(StatusCodes.Status200OK, "As the node that answers sees it.", Shape.Of(Components.Cluster), AnswerExamples.Cluster)
            .Fails(StatusCodes.Status400BadRequest);
        yield return Call.Of("GET /views", Tags.Operations, "getViews", "Shows how the read model stands.")
            .Answers(StatusCodes.Status200OK, "How it stands.", Shape.Of(Components.Views), AnswerExamples.Views)
            .Fails(StatusCodes.Status400BadRequest);
        yield return Call.Of("POST /backup", Tags.Operations, "backUp", "Sends a copy of the journal, made while everything goes on.")
            .Saying("A tar archive with one file, `journal.db`: a node that is started on a folder with nothing else has every job that was acknowledged before the request, and fills its views from it. Only where jobs are kept in files.")
            .AnswersBytes(StatusCodes.Status200OK, "The archive, with its length.", BackupEndpoint.MediaType)
            .Fails(StatusCodes.Status400BadRequest)
            .Fails(StatusCodes.Status409Conflict, ProblemResponses.BackupRunning())
            .Fails(StatusCodes.Status501NotImplemented, ProblemResponses.BackupElsewhere())
            .Fails(StatusCodes.Status503ServiceUnavailable, ProblemResponses.BackupFailed());
        yield return Call.Of("POST /views:rebuild", Tags.Operations, "rebuildViews", "Makes the read model anew from the journal, while everything goes on.")
            .Saying("Does nothing while a rebuild goes on.")
            .Answers(StatusCodes.Status202Accepted, "How it stands.", Shape.Of(Components.Views), AnswerExamples.Rebuilding, Headers.Location)
            .Fails(StatusCodes.Status400BadRequest);
    }
}
