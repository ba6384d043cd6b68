namespace Scheduler.Actors.Domain.Policies;

/// <summary>What becomes of a fire time that comes while an earlier run is active.</summary>
public enum OverlapPolicy
{
    /// <summary>It is skipped.</summary>
    Skip,

    /// <summary>The first one waits until the active run has ended; those after it are skipped.</summary>
    BufferOne,

    /// <summary>It runs beside the others.</summary>
    Allow,

    /// <summary>The active run is cancelled, and it starts in its place.</summary>
    CancelRunning,
}
