using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api;

/// <summary>The problems that the API answers with. Their types are relative references, stable names that clients may compare.</summary>
internal static class Problems
{
    /// <summary>How soon a client may try again what this node could not do.</summary>
    private const int RetryAfterSeconds = 5;

    /// <summary>How many characters a field's error has at most, whatever of the request it repeats.</summary>
    internal const int LongestMessage = 500;

    /// <summary>The same for a problem's detail.</summary>
    internal const int LongestDetail = 2_000;

    /// <summary>Fields that are wrong, all of them.</summary>
    /// <param name="errors">What is wrong, by field.</param>
    /// <param name="what">What was read, to begin a sentence with.</param>
    /// <param name="count">How many errors there are, where <paramref name="errors"/> has not all of them.</param>
    public static ProblemException Invalid(IReadOnlyDictionary<string, string[]> errors, string what = "The request's body", int? count = null)
    {
        var shown = errors.Values.Sum(e => e.Length);
        var all = count ?? shown;
        return new(new ProblemAnswer
        {
            Type = ProblemTypes.InvalidRequest,
            Title = "The request is not valid.",
            Status = StatusCodes.Status400BadRequest,
            Detail = $"{what} {(what.EndsWith('s') ? "have" : "has")} {Count(all)}; see {(all > shown ? "some of them in " : "")}'errors'.",
            Errors = errors.ToDictionary(e => e.Key, e => Array.ConvertAll(e.Value, m => Bounded(m, LongestMessage)), StringComparer.Ordinal),
        });
    }

    /// <summary>A body that is not JSON at all.</summary>
    public static ProblemException BadJson(string detail) => Of(StatusCodes.Status400BadRequest, ProblemTypes.BadJson, "The body is not valid JSON.", detail);

    /// <summary>A body that is too large.</summary>
    public static ProblemException TooLarge(int limit, string what = "A body") =>
        Of(StatusCodes.Status413PayloadTooLarge, ProblemTypes.BodyTooLarge, "The body is too large.", $"{what} may have at most {limit.ToString("N0", CultureInfo.InvariantCulture)} bytes.");

    /// <summary>A body in a language that is not spoken here.</summary>
    public static ProblemException UnsupportedMediaType(string? sent, string expected = "application/json") =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            ProblemTypes.UnsupportedMediaType,
            "The body's media type is not supported.",
            $"Send 'Content-Type: {expected}' in UTF-8, not {(string.IsNullOrEmpty(sent) ? "none" : $"'{sent}'")}.");

    /// <summary>No such job.</summary>
    public static ProblemException NoJob(JobId id) => NotFound($"There is no job '{id}'.");

    /// <summary>No such run.</summary>
    public static ProblemException NoRun() => NotFound("There is no such run.");

    /// <summary>The edit was not wanted for a job like this one.</summary>
    public static ProblemException PreconditionFailed(JobId id, int? revision) =>
        new(new ProblemAnswer
        {
            Type = ProblemTypes.PreconditionFailed,
            Title = "The job is not as the request asks for.",
            Status = StatusCodes.Status412PreconditionFailed,
            Detail = revision is { } r
                ? string.Create(CultureInfo.InvariantCulture, $"The job has revision {r}. Look at it, and repeat the request with 'If-Match: \"{r}\"' if it is still wanted.")
                : "There is no such job.",
            JobId = id.Value,
            Revision = revision,
        });

    /// <summary>Nothing is found under that name.</summary>
    public static ProblemException NotFound(string detail) => Of(StatusCodes.Status404NotFound, ProblemTypes.NotFound, "Not found.", detail);

    /// <summary>Retention has removed that part of a job's past.</summary>
    public static ProblemException Trimmed(JobId id, long version, DateTimeOffset at) => Of(
        StatusCodes.Status410Gone,
        ProblemTypes.Gone,
        "That part of the past was removed.",
        $"Retention has removed what happened to job '{id}' before {InstantText.Write(at)} (version {version.ToString(CultureInfo.InvariantCulture)}): nothing earlier can be asked for.",
        id);

    /// <summary>The idempotency key's job was deleted.</summary>
    public static ProblemException Gone(JobId id) =>
        Of(StatusCodes.Status410Gone, ProblemTypes.Gone, "The job was deleted.", "This idempotency key created a job that was deleted since. Use a new key for a new job.", id);

    /// <summary>The command does not fit the job as it is.</summary>
    public static ProblemException Conflict(JobId id, string detail) => Of(StatusCodes.Status409Conflict, ProblemTypes.Conflict, "The job does not allow this now.", detail, id);

    /// <summary>The idempotency key was used for something else: what draft-ietf-httpapi-idempotency-key-header asks for.</summary>
    public static ProblemException KeyReused(JobId id, string detail) =>
        Of(StatusCodes.Status422UnprocessableEntity, ProblemTypes.KeyReused, "The idempotency key was used for another request.", $"{detail} Use a new key for a new request.", id);

    /// <summary>Nobody knows whether the command holds.</summary>
    public static ProblemException OutcomeUnknown(JobId id) =>
        Unavailable(
            ProblemTypes.OutcomeUnknown,
            "The outcome is unknown.",
            "Whether this was stored is not known. Look at the job, or repeat the request with the same Idempotency-Key.",
            id);

    /// <summary>A fault of the scheduler kept a job from deciding what the command leads to. To repeat it would not help.</summary>
    public static ProblemException DecisionFailed(JobId id) =>
        Of(
            StatusCodes.Status500InternalServerError,
            ProblemTypes.Blank,
            "Internal Server Error",
            "This is a fault of the scheduler. Nothing was stored, and the job is as it was; the log of its node says more under the job's id.",
            id);

    /// <summary>What the job's journal holds can't be read. To repeat the command would not help.</summary>
    public static ProblemException JobUnreadable(JobId id) =>
        Of(
            StatusCodes.Status500InternalServerError,
            ProblemTypes.Blank,
            "Internal Server Error",
            "The job's journal cannot be read: it is damaged, or was written by a newer release. Nothing was stored; the log of its node says more under the job's id.",
            id);

    /// <summary>The command does not hold, because it could not be stored.</summary>
    public static ProblemException StoreRefused(JobId id) =>
        Unavailable(ProblemTypes.StoreUnavailable, "The store did not take it.", "The store could not be read or written. Nothing was stored. Repeat the request later.", id);

    /// <summary>The journal could not be read.</summary>
    public static ProblemException JournalUnavailable(JobId id) =>
        Unavailable(ProblemTypes.StoreUnavailable, "The journal did not answer.", "The job's events could not be read. Repeat the request later.", id);

    /// <summary>The read model could not be asked.</summary>
    public static ProblemException ViewsUnavailable() =>
        Unavailable(ProblemTypes.ViewsUnavailable, "The read model did not answer.", "Jobs still fire, and commands still work. Repeat the request later.");

    /// <summary>A batch's client did not send a line in time.</summary>
    public static ProblemException NoLine(TimeSpan limit) => Of(
        StatusCodes.Status408RequestTimeout,
        ProblemTypes.NoLine,
        "No line came in time.",
        $"The next whole line did not come within {DurationText.Format(limit)}. All lines before it are answered; send the others in a new batch.");

    /// <summary>This node answers as many batches as it may.</summary>
    public static ProblemException TooManyBatches(int most) => Unavailable(
        ProblemTypes.TooManyBatches,
        "There are too many batches.",
        string.Create(CultureInfo.InvariantCulture, $"This node answers {most} batches at once. Nothing was taken in. Repeat the request later."));

    /// <summary>This node takes no more.</summary>
    public static ProblemException Stopping() =>
        Unavailable(ProblemTypes.Stopping, "This node is stopping.", "Nothing was taken in. Repeat the request with another node, or later.");

    /// <summary>The data are where other tools make backups.</summary>
    public static ProblemException BackupElsewhere() => Of(
        StatusCodes.Status501NotImplemented,
        ProblemTypes.NotSupported,
        "This node keeps no data.",
        "Jobs are kept in MongoDB: back that database up with mongodump (--oplog on a replica set), and restore it with mongorestore.");

    /// <summary>Another backup is being made.</summary>
    public static ProblemException BackupRunning() => new(Answer(
        StatusCodes.Status409Conflict, ProblemTypes.Conflict, "A backup is being made.", "One is made at a time. Repeat the request when that one is sent.", job: null))
    {
        RetryAfter = RetryAfterSeconds,
    };

    /// <summary>No backup could be made.</summary>
    public static ProblemException BackupFailed() => Unavailable(
        ProblemTypes.StoreUnavailable,
        "No backup was made.",
        "The journal could not be copied; the scheduler's log says why. The data folder needs room for a second journal meanwhile.");

    /// <summary>A request that is refused for a reason which its status names.</summary>
    public static ProblemException Refused(int status, string detail) => new(FromStatus(status, detail));

    /// <summary>A bare status that something else decided on.</summary>
    public static ProblemAnswer FromStatus(int status, string? detail = null) => new()
    {
        Type = ProblemTypes.Blank,
        Title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error",
        Status = status,
        Detail = detail is null ? null : Bounded(detail, LongestDetail),
    };

    private static string Count(int errors) => errors == 1 ? "1 error" : string.Create(CultureInfo.InvariantCulture, $"{errors} errors");

    private static ProblemException Unavailable(string type, string title, string detail, JobId? job = null) =>
        new(Answer(StatusCodes.Status503ServiceUnavailable, type, title, detail, job)) { RetryAfter = RetryAfterSeconds };

    private static ProblemException Of(int status, string type, string title, string detail, JobId? job = null) => new(Answer(status, type, title, detail, job));

    private static ProblemAnswer Answer(int status, string type, string title, string detail, JobId? job) =>
        new() { Type = type, Title = title, Status = status, Detail = Bounded(detail, LongestDetail), JobId = job?.Value };

    private static string Bounded(string text, int most) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)]}…";
}

/// <summary>Ends a request with a problem.</summary>
/// <param name="problem">What to answer.</param>
internal sealed class ProblemException(ProblemAnswer problem) : Exception(problem.Title)
{
    /// <summary>What to answer.</summary>
    public ProblemAnswer Problem => problem;

    /// <summary>After how many seconds the client may try again; null for no advice.</summary>
    public int? RetryAfter { get; init; }
}
