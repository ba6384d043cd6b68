using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What is answered about runs, and about fire times that may become runs.</summary>
internal static class RunSchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Run, ContractShape.Of("A run, or a skip of any number of occurrences.", ApiJson.Answers.RunAnswer, OfRun));
        yield return new(Components.RunItem, ContractShape.OfItem("A run in a list: see `fields`.", ContractShape.Of("A run.", ApiJson.Answers.RunAnswer, OfRun)));
        yield return new(Components.Attempt, ContractShape.Of("One attempt of a run.", ApiJson.Answers.AttemptAnswer, OfAttempt));
        yield return new(Components.Progress, ContractShape.Of("How far a running attempt said that it is.", ApiJson.Answers.ProgressAnswer, OfProgress));
        yield return new(Components.Preview, ContractShape.Of("When a schedule would fire.", ApiJson.Answers.PreviewAnswer, OfPreview));
        yield return new(Components.FireTime, ContractShape.Of("One fire time.", ApiJson.Answers.FireTimeAnswer, OfFireTime));
    }

    private static OpenApiSchema OfRun(string name) => name switch
    {
        "run_id" => Shape.Text("The run's id, which its target is given as an idempotency key."),
        "job_id" => Shape.Text("Its job."),
        "status" => Shape.Word("How it stands.", Words.RunStatuses.All),
        "reason" => Shape.Text("Why it was cancelled, discarded or skipped; null for no reason."),
        "scheduled_fire_time" => Shape.Instant("Its fire time, or when it was asked for."),
        "due_at" => Shape.Instant("Its fire time and its share of the jitter."),
        "started_at" => Shape.Instant("When its target was first called; until that is known the later of `due_at` and when its attempt was stored."),
        "ended_at" => Shape.Instant("When it ended."),
        "lateness_ms" => Shape.Any("How long after it was due its target was first called."),
        "duration_ms" => Shape.Any("How long its last attempt took."),
        "output" => Shape.Any("What its target gave back; null for nothing."),
        "error" => Shape.Text("What was wrong last."),
        "progress" => Shape.Any("What its handler said last of its progress; only with `GET /runs/{id}`, while it runs."),
        "triggered" => Shape.Word("What asked for it.", RunMapping.Triggers),
        "count" => Shape.Whole("How many occurrences a skip covers; runs do not have it, nor a skip of too many to count.", 1),
        "attempts" => Shape.Any("Its attempts, oldest first."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfAttempt(string name) => name switch
    {
        "number" => Shape.Whole("From 1.", 1),
        "started_at" => Shape.Instant("When its target was called; until that is known the later of its due time and when it was stored. Null when it never was."),
        "ended_at" => Shape.Instant("When it ended; null while it goes on."),
        "outcome" => Shape.Word("How it ended; null while it goes on.", Words.AttemptResults.All),
        "error" => Shape.Text("What was wrong."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfProgress(string name) => name switch
    {
        "done" => Shape.Whole("How much is done, in the handler's own unit.", 0),
        "total" => Shape.Whole("How much there is; null when that is not known.", 0),
        "at" => Shape.Instant("When the handler said so."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfPreview(string name) => name switch
    {
        "fire_times" => Shape.Any("In order; fewer than asked for when the schedule ends."),
        _ => throw Unsaid(name),
    };

    private static OpenApiSchema OfFireTime(string name) => name switch
    {
        "at" => Shape.Instant("In UTC."),
        "local" => Shape.Text("In the schedule's time zone, with its offset."),
        "note" => Shape.Text("What a clock change did to it; null for nothing."),
        _ => throw Unsaid(name),
    };

    private static InvalidOperationException Unsaid(string name) => new($"Nobody says what '{name}' means.");
}
