namespace Scheduler.Actors.Domain.Jobs;

/// <summary>How an attempt ended, as its clients see it.</summary>
public enum AttemptResult
{
    /// <summary>The target succeeded.</summary>
    Succeeded,

    /// <summary>The target failed.</summary>
    Failed,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>Its outcome will never be known, or it never began.</summary>
    Lost,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}
