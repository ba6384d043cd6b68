using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Scheduler.Host.Api.Batch;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The problems that calls answer with; their examples are made by <see cref="Problems"/> itself.</summary>
internal static class ProblemResponses
{
    /// <summary>The statuses whose answer is the same for all calls, and the name of that answer.</summary>
    private static readonly Dictionary<int, (string Name, ProblemException[] Problems)> Shared = new()
    {
        [StatusCodes.Status400BadRequest] = ("Invalid", [Invalid("stauts", "is not a known parameter; did you mean 'status'?", "The request's query")]),
        [StatusCodes.Status404NotFound] = ("NotFound", [Problems.NoJob(AnswerExamples.JobId)]),
        [StatusCodes.Status408RequestTimeout] = ("NoLine", [Problems.NoLine(new BatchLimits().LineLimit)]),
        [StatusCodes.Status409Conflict] = ("Conflict", [Problems.Conflict(AnswerExamples.JobId, "The job is cancelled.")]),
        [StatusCodes.Status422UnprocessableEntity] =
            ("KeyReused", [Problems.KeyReused(AnswerExamples.JobId, "This idempotency key was used with another request body.")]),
        [StatusCodes.Status410Gone] = ("Gone", [Problems.Gone(AnswerExamples.JobId)]),
        [StatusCodes.Status412PreconditionFailed] = ("PreconditionFailed", [Problems.PreconditionFailed(AnswerExamples.JobId, revision: 3)]),
        [StatusCodes.Status413PayloadTooLarge] = ("TooLarge", [Problems.TooLarge(RequestBody.MaxBytes)]),
        [StatusCodes.Status415UnsupportedMediaType] = ("UnsupportedMediaType", [Problems.UnsupportedMediaType("text/plain")]),
    };

    /// <summary>The parts that may not work, by the name of the answer then.</summary>
    private static readonly Dictionary<string, ProblemException[]> Parts = new(StringComparer.Ordinal)
    {
        [nameof(CommandUnavailable)] = [Problems.OutcomeUnknown(AnswerExamples.JobId), Problems.StoreRefused(AnswerExamples.JobId)],
        [nameof(RunCommandUnavailable)] = [Problems.OutcomeUnknown(AnswerExamples.JobId), Problems.StoreRefused(AnswerExamples.JobId), Problems.ViewsUnavailable()],
        [nameof(ViewsUnavailable)] = [Problems.ViewsUnavailable()],
        [nameof(JournalUnavailable)] = [Problems.JournalUnavailable(AnswerExamples.JobId)],
        [nameof(JobUnavailable)] = [Problems.ViewsUnavailable(), Problems.JournalUnavailable(AnswerExamples.JobId)],
        [nameof(BatchUnavailable)] = [Problems.Stopping(), Problems.TooManyBatches(new BatchLimits().MaxBatches)],
    };

    /// <summary>Something is wrong with the body, or it is no JSON.</summary>
    public static OpenApiResponseReference InvalidBody => new(nameof(InvalidBody));

    /// <summary>A command's outcome is unknown, or it was not stored.</summary>
    public static OpenApiResponseReference CommandUnavailable => new(nameof(CommandUnavailable));

    /// <summary>The same of a run, which the read model is asked about as well.</summary>
    public static OpenApiResponseReference RunCommandUnavailable => new(nameof(RunCommandUnavailable));

    /// <summary>The read model does not answer.</summary>
    public static OpenApiResponseReference ViewsUnavailable => new(nameof(ViewsUnavailable));

    /// <summary>The journal does not answer.</summary>
    public static OpenApiResponseReference JournalUnavailable => new(nameof(JournalUnavailable));

    /// <summary>The read model does not answer, or for a job's past the journal does not.</summary>
    public static OpenApiResponseReference JobUnavailable => new(nameof(JobUnavailable));

    /// <summary>The node is stopping, or answers as many batches as it may.</summary>
    public static OpenApiResponseReference BatchUnavailable => new(nameof(BatchUnavailable));

    /// <summary>The responses that calls share, by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiResponse>> All() =>
    [
        .. Shared.Select(s => KeyValuePair.Create<string, IOpenApiResponse>(s.Value.Name, Response(s.Key, s.Value.Problems))),
        .. Parts.Select(p => KeyValuePair.Create<string, IOpenApiResponse>(p.Key, Response(StatusCodes.Status503ServiceUnavailable, p.Value, Headers.RetryAfter))),
        new(nameof(InvalidBody), Response(
            StatusCodes.Status400BadRequest,
            [Invalid("nmae", "is not a known field; did you mean 'name'?"), Problems.BadJson("Line 1, position 9: '}' is invalid after a property name.")])),
        new("Other", Other()),
    ];

    /// <summary>What a call answers under <paramref name="status"/>.</summary>
    public static OpenApiResponseReference Of(int status) => new(Shared[status].Name);

    /// <summary>What a call answers to whatever else goes wrong.</summary>
    public static OpenApiResponseReference OfOthers() => new("Other");

    /// <summary>What a patch answers to other media types.</summary>
    public static OpenApiResponse UnsupportedPatch() => Response(
        StatusCodes.Status415UnsupportedMediaType,
        [Problems.UnsupportedMediaType("text/plain", JobEditEndpoints.MergePatch)],
        Headers.AcceptPatch);

    /// <summary>What a second backup is answered.</summary>
    public static OpenApiResponse BackupRunning() => Response(StatusCodes.Status409Conflict, [Problems.BackupRunning()], Headers.RetryAfter);

    /// <summary>What a backup is answered that other tools make.</summary>
    public static OpenApiResponse BackupElsewhere() => Response(StatusCodes.Status501NotImplemented, [Problems.BackupElsewhere()]);

    /// <summary>What a backup is answered that could not be made.</summary>
    public static OpenApiResponse BackupFailed() => Response(StatusCodes.Status503ServiceUnavailable, [Problems.BackupFailed()], Headers.RetryAfter);

    private static OpenApiResponse Response(int status, ProblemException[] problems, params string[] headers) => Response(
        $"{ReasonPhrases.GetReasonPhrase(status)}: {string.Join(", ", problems.Select(p => $"`{p.Problem.Type}`").Distinct())}.",
        problems.Select(p => p.Problem),
        headers);

    private static OpenApiResponse Other() => Response(
        "Any other problem: a method that the path does not take, or a fault of the scheduler.",
        [Problems.FromStatus(StatusCodes.Status500InternalServerError) with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }],
        []);

    private static OpenApiResponse Response(string description, IEnumerable<ProblemAnswer> problems, string[] headers) => new()
    {
        Description = description,
        Headers = Headers.Some(headers),
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [Answer.ProblemMediaType] = new OpenApiMediaType
            {
                Schema = Shape.Of(Components.Problem),
                Examples = new Dictionary<string, IOpenApiExample>(problems.Select(Example), StringComparer.Ordinal),
            },
        },
    };

    private static KeyValuePair<string, IOpenApiExample> Example(ProblemAnswer problem) => Examples.Written(
        problem.Type == ProblemTypes.Blank ? problem.Status.ToString(CultureInfo.InvariantCulture) : problem.Type,
        problem.Title,
        problem,
        ApiJson.Answers.ProblemAnswer);

    private static ProblemException Invalid(string field, string error, string what = "The request's body") =>
        Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] }, what);
}
