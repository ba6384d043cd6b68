using System.Collections.Immutable;

namespace Scheduler.Host.Api;

/// <summary>The problems' types: relative references, stable names that clients may compare.</summary>
internal static class ProblemTypes
{
    public const string InvalidRequest = "invalid-request";
    public const string BadJson = "bad-json";
    public const string NotFound = "not-found";
    public const string Conflict = "conflict";
    public const string KeyReused = "idempotency-key-reused";
    public const string Gone = "gone";
    public const string PreconditionFailed = "precondition-failed";
    public const string BodyTooLarge = "body-too-large";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string OutcomeUnknown = "outcome-unknown";
    public const string StoreUnavailable = "store-unavailable";
    public const string ViewsUnavailable = "views-unavailable";
    public const string Stopping = "stopping";
    public const string NoLine = "no-line";
    public const string TooManyBatches = "too-many-batches";
    public const string NotSupported = "not-supported";

    /// <summary>RFC 9457's name for a problem that says no more than its status.</summary>
    public const string Blank = "about:blank";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All =
    [
        InvalidRequest, BadJson, NotFound, Conflict, KeyReused, Gone, PreconditionFailed, BodyTooLarge, UnsupportedMediaType,
        OutcomeUnknown, StoreUnavailable, ViewsUnavailable, Stopping, NoLine, TooManyBatches, NotSupported, Blank,
    ];
}
