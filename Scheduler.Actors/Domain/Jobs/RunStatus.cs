namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What became of an occurrence, as its clients see it.</summary>
public enum RunStatus
{
    /// <summary>Requested, not started.</summary>
    Pending,

    /// <summary>An attempt runs.</summary>
    Running,

    /// <summary>The next attempt is waited for.</summary>
    Retrying,

    /// <summary>The target succeeded.</summary>
    Completed,

    /// <summary>Given up: attempts exhausted, or not to be retried.</summary>
    Discarded,

    /// <summary>Stopped, or never started, because somebody asked for that.</summary>
    Cancelled,

    /// <summary>Became no run; the reason says why.</summary>
    Skipped,
}
