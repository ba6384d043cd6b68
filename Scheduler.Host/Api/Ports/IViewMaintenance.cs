namespace Scheduler.Host.Api.Ports;

/// <summary>How the read model stands.</summary>
internal sealed record ViewsProgress
{
    /// <summary>Whether a rebuild goes on.</summary>
    public required bool IsRebuilding { get; init; }

    /// <summary>How many of the slices the last rebuild has read; null when there was none since the process started.</summary>
    public int? Slices { get; init; }

    /// <summary>How many events the last rebuild has read.</summary>
    public long? Events { get; init; }

    /// <summary>When the last rebuild began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last rebuild ended; null while it goes on.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the last rebuild began, in words; null when there was none.</summary>
    public string? Reason { get; init; }

    /// <summary>The slices of this node whose projection does not get on.</summary>
    public IReadOnlyList<FailingSlice> Failing { get; init; } = [];

    /// <summary>What ended the last rebuild early; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>How many events could not be projected since the process started.</summary>
    public long SetAside { get; init; }

    /// <summary>How far the slowest projection of this node is behind the journal.</summary>
    public TimeSpan Lag { get; init; }
}

/// <summary>A slice whose projection does not get on.</summary>
/// <param name="Slice">Which.</param>
/// <param name="Since">Since when.</param>
/// <param name="Error">What its last attempt ended with.</param>
internal sealed record FailingSlice(int Slice, DateTimeOffset Since, string Error);

/// <summary>Looks after the read model while the service runs.</summary>
internal interface IViewMaintenance
{
    /// <summary>How the read model stands.</summary>
    ViewsProgress Progress { get; }

    /// <summary>Starts to rebuild the read model from the journal; does nothing while a rebuild goes on.</summary>
    void StartRebuild();
}
