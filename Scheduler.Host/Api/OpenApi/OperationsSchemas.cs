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
        yield return new(Components.Cluster, ContractShape.Of("The cluster, as the node that answers sees it.", ApiJson.Answers.ClusterAnswer, OfCluster));
        yield return new(Components.Member, ContractShape.Of("A node.", ApiJson.Answers.MemberAnswer, OfMember));
        yield return new(Components.Replanning, ContractShape.Of("How far that node is with planning jobs by these time-zone data.", ApiJson.Answers.ReplanningAnswer, OfReplanning));
        yield return new(Components.Problem, ContractShape.Of("An RFC 9457 problem.", ApiJson.Answers.ProblemAnswer, OfProblem));
    }

    private static OpenApiSchema OfHealth(string name) => name switch
    {
        "status" => Shape.Word("The verdict.", OperationsEndpoints.HealthStates),
        "time_zone_data" => Shape.Text("Which release of the tz database fire times are computed with."),
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

    private static OpenApiSchema OfCluster(string name) => name switch
    {
        "self" => Shape.Text("The address of the node that answers."),
        "version" => Shape.Text("Its version."),
        "time_zone_data" => Shape.Text("Which release of the tz database it computes fire times with."),
        "members" => Shape.Any("All nodes, by address."),
        _ => Shape.Any(""),
    };

    private static OpenApiSchema OfMember(string name) => name switch
    {
        "address" => Shape.Text("Where other nodes reach it."),
        "status" => Shape.Word("How it stands.", ClusterEndpoints.MemberStates),
        "roles" => Shape.Any("What it does: `api`, `jobs`."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfReplanning(string name) => name switch
    {
        "looked_at" => Shape.Whole("How many jobs it has looked at since it started.", 0),
        "planned_anew" => Shape.Whole("Of how many the next fire time was another one by these data, and was moved.", 0),
        "failed" => Shape.Whole("Of how many that is not known: they are looked at again.", 0),
        "is_done" => Shape.Any("Whether it has looked at all."),
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
