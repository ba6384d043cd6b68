using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Serialization.Dtos;

// The shapes of what crosses nodes. During a rolling upgrade two releases talk to each other, so these are extend-only as well.

internal abstract class MessageDto
{
    public string? JobId { get; set; }
}

internal abstract class CommandDto : MessageDto
{
    /// <summary>
    /// What the body that <see cref="Key"/> came with hashes to; absent without a key, and from nodes of before it was told. In front of the others, where
    /// creations always had it.
    /// </summary>
    public string? BodyHash { get; set; }

    public string? By { get; set; }

    public string? Key { get; set; }

    public string? Trace { get; set; }
}

internal sealed class CreateJobDto : CommandDto
{
    public DefinitionDto? Definition { get; set; }
}

internal sealed class EditJobDto : CommandDto
{
    public DefinitionDto? Definition { get; set; }

    public PreconditionDto? Precondition { get; set; }
}

internal sealed class DeleteJobDto : CommandDto
{
    public string? Reason { get; set; }

    public PreconditionDto? Precondition { get; set; }

    public long? Version { get; set; }
}

internal sealed class CancelRunDto : CommandDto
{
    public string? RunId { get; set; }

    public string? Reason { get; set; }
}

internal sealed class PreconditionDto
{
    public int[]? Revisions { get; set; }

    public bool MustExist { get; set; }

    public bool MustNotExist { get; set; }
}

/// <summary>A command that says no more than its manifest does, and why.</summary>
internal sealed class PlainCommandDto : CommandDto
{
    public string? Reason { get; set; }
}

internal sealed class ReportAttemptDto : CommandDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    /// <summary><c>succeeded</c>, <c>failed</c> or <c>timed_out</c>.</summary>
    public string? Outcome { get; set; }

    public JsonText? Output { get; set; }

    public string? Error { get; set; }

    public bool Retryable { get; set; }

    public TimeSpan? RetryAfter { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public double? LatenessMs { get; set; }

    public double? DurationMs { get; set; }
}

internal sealed class GiveUpAttemptDto : CommandDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public string? Loss { get; set; }
}

internal sealed class CheckpointJobDto : CommandDto
{
    public long Version { get; set; }

    public long Earliest { get; set; }

    public AuditedPastDto? Past { get; set; }
}

/// <summary>A message about a job of which the manifest says the rest.</summary>
internal sealed class JobMessageDto : MessageDto;

/// <summary>A message about an attempt.</summary>
internal sealed class AttemptMessageDto : MessageDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public bool? IsHere { get; set; }
}

/// <summary>From where on a job's events are kept.</summary>
internal sealed class TrimDto : MessageDto
{
    public long Before { get; set; }
}

/// <summary>How far an attempt is.</summary>
internal sealed class ProgressDto : MessageDto
{
    public string? RunId { get; set; }

    public long? Done { get; set; }

    public long? Total { get; set; }

    public DateTimeOffset? At { get; set; }
}

/// <summary>What a job waits for.</summary>
internal sealed class PermitWaitDto : MessageDto
{
    public string? Limit { get; set; }

    public DateTimeOffset? Since { get; set; }
}

/// <summary>A message about a limit over all nodes.</summary>
internal sealed class LimitDto
{
    public string? Limit { get; set; }

    public string? Ledger { get; set; }

    /// <summary>A node's; absent in what a limit says.</summary>
    public NodeDto? Node { get; set; }

    /// <summary>Held places, or granted ones.</summary>
    public int Places { get; set; }

    public int Waiting { get; set; }

    /// <summary>The number of a grant.</summary>
    public long Number { get; set; }

    public DateTimeOffset? At { get; set; }
}

/// <summary>A message of which the manifest says all.</summary>
internal sealed class EmptyDto;

internal sealed class AcceptedDto
{
    public StateDto? State { get; set; }

    public string? RunId { get; set; }

    public bool Replayed { get; set; }

    public bool IsNew { get; set; }
}

internal sealed class PreconditionFailedDto : MessageDto
{
    public int? Revision { get; set; }
}

/// <summary>An answer that tells its reason in a sentence.</summary>
internal sealed class DetailDto : MessageDto
{
    public string? Field { get; set; }

    public string? Detail { get; set; }

    /// <summary>Left out: no.</summary>
    public bool? IsOfKey { get; set; }

    public DayMatchReadingsDto? DayMatch { get; set; }
}

internal sealed class DayMatchReadingsDto
{
    public DateTimeOffset[]? Either { get; set; }

    public DateTimeOffset[]? Both { get; set; }
}
