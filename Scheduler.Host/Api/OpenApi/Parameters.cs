using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Paging;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What is said in paths, queries and headers.</summary>
internal static class Parameters
{
    /// <summary>What a job's id looks like.</summary>
    public const string JobIdPattern = $"^{JobId.Pattern}$";

    /// <summary>Makes a command repeatable.</summary>
    public static readonly OpenApiParameter IdempotencyKey = Header(
        CommandReader.KeyHeader,
        Shape.Text("Printable characters. The same request under the same key is done once; another one under it is refused (422).", CommandReader.MaxKeyLength, minLength: 1));

    /// <summary>For which revisions an edit is wanted.</summary>
    public static readonly OpenApiParameter IfMatch = Header(
        "If-Match", Shape.Text("`*`: only if there is such a job. `\"3\"`, or a list: only if that is its revision."));

    /// <summary>Whether a job must be new.</summary>
    public static readonly OpenApiParameter IfNoneMatch = Header(
        "If-None-Match", Shape.Word("Only if there is no such job.", ["*"]));

    /// <summary>The job in the path.</summary>
    public static readonly OpenApiParameter OfJob = InPath(JobIdSchema());

    /// <summary>The run in the path.</summary>
    public static readonly OpenApiParameter OfRun = InPath(Shape.Text("The run's id."));

    /// <summary>What <c>GET /jobs</c> takes.</summary>
    public static IEnumerable<OpenApiParameter> OfJobs => JobQueryEndpoints.JobParameters.Select(p => Query(p, p switch
    {
        "status" => Some("Only jobs that are so.", Words.JobStatuses.All),
        "sort" => Shape.Word("The order; ties by id. By `next_run` jobs without one are not in the list.", JobQueryEndpoints.Sorts.All, JobQueryEndpoints.Sorts.Of(JobSort.CreatedAt)),
        "tag" => Shape.Text("Only jobs with this tag."),
        "name" => Shape.Text("Only jobs whose name begins so; case counts."),
        "name_contains" => Shape.Text("Only jobs whose name has this in it; case counts."),
        "id_contains" => Shape.Text("Only jobs whose id has this in it; case counts."),
        "due_before" => Shape.Instant("Only jobs whose next run is due before."),
        "created_after" => Shape.Instant("Only jobs created after."),
        "target" => Some("Only jobs with such a target.", Words.TargetKinds.All),
        "host" => Shape.Text("Only jobs with an `http` target that call this host: its name alone, without scheme and port."),
        "concurrency_key" => Shape.Text("Only jobs with this key."),
        "last_outcome" => Some("Only jobs whose last run ended so.", Words.RunOutcomes.All),
        _ => Page(p),
    }));

    /// <summary>What <c>GET /jobs/{id}/runs</c> takes.</summary>
    public static IEnumerable<OpenApiParameter> OfRuns => JobQueryEndpoints.RunParameters.Select(OfRunList);

    /// <summary>What <c>GET /runs</c> takes.</summary>
    public static IEnumerable<OpenApiParameter> OfAllRuns => JobQueryEndpoints.AllRunParameters.Select(OfRunList);
    /// <summary>What <c>GET /jobs/{id}/events</c> takes.</summary>
    public static IEnumerable<OpenApiParameter> OfEvents => JobQueryEndpoints.EventParameters.Select(p => Query(p, p switch
    {
        "after" => Shape.Whole("Only facts with a greater version.", 0, otherwise: 0),
        _ => Page(p),
    }));

    /// <summary>What <c>GET /jobs/{id}</c> takes.</summary>
    public static IEnumerable<OpenApiParameter> OfPast => AsOf.Parameters.Select(p => Query(p, p switch
    {
        "as_of" => Shape.Text("The job as it was then: an RFC 3339 time, or a version. Answered without an `ETag`, also for a job that was deleted later; of a past that retention has removed, 410."),
        _ => throw Unsaid(p),
    }));

    /// <summary>How long a page is.</summary>
    public static string PageEnds =>
        string.Create(CultureInfo.InvariantCulture, $"A page ends early when it has {Page<object>.MostBytes >> 20} MiB. A further page is behind the `Link` header.");

    /// <summary>How much is looked at for a page.</summary>
    public static string PageLooks =>
        "What no index finds is looked for a part at a time: a page may then be short, or empty, with a `Link` and with `Looked-To`.";

    private static OpenApiParameter OfRunList(string name) => Query(name, name switch
    {
        "job" => Shape.Text("Only runs of the job with this id."),
        "tag" => Shape.Text("Only runs of jobs that have this tag now."),
        "status" => Some("Only runs that are so.", Words.RunStatuses.All),
        "from" => Shape.Instant("Only runs whose fire time is this or later."),
        "to" => Shape.Instant("Only runs whose fire time is before."),
        _ => Page(name),
    });

    /// <summary>Some of some words, which may also stand in one parameter with commas between them.</summary>
    private static OpenApiSchema Some(string description, IEnumerable<string> words) =>
        Shape.List($"{description} Several have commas between them, or come one by one.", new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Select(w => (JsonNode)w)] });

    private static OpenApiSchema Page(string name) => name switch
    {
        FieldSelection.Parameter => Shape.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"The members that items shall have: names with commas between them, or `*` for all. Without it, members with more than {FieldSelection.MostOfOne >> 10} KiB of JSON are left out, and `{FieldSelection.Omitted}` names them.")),
        "limit" => Shape.Whole("The most that a page has.", 1, JobQuery.MaxLimit, JobQuery.MaxLimit),
        "cursor" => Shape.Text("Where the page before ended: follow the `Link` header as it is."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema JobIdSchema()
    {
        var id = Shape.Text("The job's id.");
        id.Pattern = JobIdPattern;
        return id;
    }

    private static OpenApiParameter InPath(OpenApiSchema schema) => Of("id", ParameterLocation.Path, schema, isRequired: true);

    private static OpenApiParameter Header(string name, OpenApiSchema schema) => Of(name, ParameterLocation.Header, schema);

    private static OpenApiParameter Query(string name, OpenApiSchema schema) => Of(name, ParameterLocation.Query, schema);

    private static OpenApiParameter Of(string name, ParameterLocation location, OpenApiSchema schema, bool isRequired = false)
    {
        var description = schema.Description;
        schema.Description = null;
        var parameter = new OpenApiParameter
        {
            Name = name,
            In = location,
            Required = isRequired,
            Description = description,
            Schema = schema,
        };
        if (schema.Type is JsonSchemaType.Array)
            parameter.Explode = false;
        return parameter;
    }

    private static InvalidOperationException Unsaid(string name) => new($"Nobody says what '{name}' means.");
}
