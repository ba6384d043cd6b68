using Microsoft.OpenApi;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What whoever runs the service is answered, and problems.</summary>
internal static class OperationsSchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Health, ContractShape.Of("A probe's answer.", ApiJson.Answers.HealthAnswer, OfHealth));
        yield return new(Components.Views, ContractShape.Of("How the read model stands.", ApiJson.Answers.ViewsAnswer, OfViews));
        yield return new(Components.FailingSlice, ContractShape.Of("A slice whose projection does not get on.", ApiJson.Answers.FailingSliceAnswer, OfFailingSlice));
        yield return new(Components.Rebuild, ContractShape.Of("A rebuild of the read model.", ApiJson.Answers.RebuildAnswer, OfRebuild));
        yield return new(Components.Problem, ContractShape.Of("An RFC 9457 problem.", ApiJson.Answers.ProblemAnswer, OfProblem));
    }

    private static OpenApiSchema OfHealth(string name) => name switch
    {
        "status" => Shape.Word("The verdict.", OperationsEndpoints.HealthStates),
        "checks" => Shape.Any("What was looked at: `ok`, or what is wrong with it."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfViews(string name) => name switch
    {
        "state" => Shape.Word("Whether a rebuild goes on, or a projection fails.", OperationsEndpoints.ViewStates),
        "lag_ms" => Shape.Any("How far the slowest projection of this node is behind the journal."),
        "set_aside" => Shape.Whole("How many events could not be projected since the process started.", 0),
        _ => Shape.Any(""),
    };

    private static OpenApiSchema OfRebuild(string name) => name switch
    {
        "started_at" => Shape.Instant("When it began."),
        "finished_at" => Shape.Instant("When it ended; null while it goes on."),
        "reason" => Shape.Text("Why it began: asked for, or what was wrong with what was there."),
        "slices_read" => Shape.Whole("How many slices of the journal it has read.", 0),
        "slices" => Shape.Whole("How many there are.", 0),
        "events_read" => Shape.Whole("How many events it has read.", 0),
        "error" => Shape.Text("What ended it early; null when nothing did."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfFailingSlice(string name) => name switch
    {
        "slice" => Shape.Whole("Its number.", 0),
        "since" => Shape.Instant("Since when."),
        "error" => Shape.Text("What its last attempt ended with. It is tried again at intervals of up to 5 s."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfProblem(string name) => name switch
    {
        "type" => Shape.Word("Which problem: a stable name to compare.", ProblemTypes.All),
        "title" => Shape.Text("The type in words."),
        "status" => Shape.Whole("The answer's status."),
        "detail" => Shape.Text("What happened here, and what can be done."),
        "errors" => Shape.Any("What is wrong with which field, all at once: `retry.max_attempts`."),
        "job_id" => Shape.Text("The job that this is about."),
        "revision" => Shape.Whole("The job's revision, where another one was asked for."),
        "trace_id" => Shape.Text("Under which the scheduler's log says more."),
        _ => throw Unsaid(name),
    };

    private static InvalidOperationException Unsaid(string name) => new($"Nobody says what '{name}' means.");
}
