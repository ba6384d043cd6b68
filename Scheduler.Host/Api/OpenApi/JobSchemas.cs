using Microsoft.OpenApi;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Definition;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What is answered about jobs.</summary>
internal static class JobSchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Job, JobAnswerMembers.All.Schema());
        yield return new(Components.JobItem, ContractShape.OfItem("A job in a list: see `fields`.", JobAnswerMembers.All.Schema()));
        yield return new(Components.EventItem, ContractShape.OfItem(
            "A fact of a job's journal: see `fields`.", ContractShape.Of("A fact.", ApiJson.Answers.EventAnswer, OfEvent)));
        yield return new(Components.WaitingFor, ContractShape.Of(
            "What a job waits for: an object with one of `handler`, `permit` (and `since`) and `clock`.", ApiJson.Answers.WaitingForAnswer, OfWaitingFor));
        yield return new(Components.Triggered, ContractShape.Of("The run that was asked for.", ApiJson.Answers.TriggerAnswer, OfTriggered));
        yield return new(Components.BatchLine, ContractShape.Of("What became of one line of a batch.", ApiJson.Answers.BatchLineAnswer, OfBatchLine));
        yield return new(Components.Audit, ContractShape.Of("What a job's facts prove of its occurrences.", ApiJson.Answers.AuditAnswer, OfAudit));
    }

    private static OpenApiSchema OfWaitingFor(string name) => name switch
    {
        "handler" => Shape.Text("A handler that no node has, as `NAME/VERSION`."),
        "permit" => Shape.Text("What it waits for a permit of: `node`; a kind of target (`http`, `amqp`, `handler`); a webhook's origin, as `https://example.org:443`; `handler:NAME`; `amqp:CONNECTION`; or `key:CONCURRENCY_KEY`."),
        "since" => Shape.Instant("With `permit`: when it began to wait."),
        "clock" => Shape.Instant("The clock was ahead and was set back; until this instant the job has done already what would be due."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfEvent(string name) => name switch
    {
        "version" => Shape.Whole("Its number in the journal, from 1.", 1),
        "at" => Shape.Instant("When it happened."),
        "type" => Shape.Text("Which fact: `JobCreated`, `AttemptStarted`, `RunCompleted`, …"),
        "data" => Shape.AnyObject("The fact's members."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfTriggered(string name) => name switch
    {
        "run_id" => Shape.Text("The run's id: look at it under `/runs/{id}`."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfBatchLine(string name) => name switch
    {
        "line" => Shape.Whole("The line's number in the request, from 1; blank lines count, and are not answered.", 1),
        "status" => Shape.Whole("What `POST /jobs` would have been answered with."),
        "job_id" => Id(),
        "type" => Shape.Word("The problem's type, unless fields are wrong.", ProblemTypes.All),
        "detail" => Shape.Text("What is wrong, unless fields are."),
        "errors" => Shape.AnyObject("What is wrong with which field."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfAudit(string name) => name switch
    {
        "clean" => Shape.Any("Whether all occurrences are accounted for."),
        "occurrences" => Shape.Whole("How many there were; null for too many to count.", 0),
        "completed" => Shape.Whole("How many became runs that completed.", 0),
        "discarded" => Shape.Whole("How many became runs that were discarded.", 0),
        "cancelled" => Shape.Whole("How many became runs that were cancelled.", 0),
        "skipped" => Shape.Whole("How many became no runs; null for too many to count.", 0),
        "open" => Shape.Whole("How many have not ended.", 0),
        "gaps" => Shape.Any("What is missing or wrong, in sentences."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema Id()
    {
        var id = Shape.Text("The job's id.");
        id.Pattern = Parameters.JobIdPattern;
        return id;
    }

    private static InvalidOperationException Unsaid(string name) => new($"Nobody says what '{name}' means.");
}
