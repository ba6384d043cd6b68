namespace Scheduler.Persistence.Store;

/// <summary>What became of one atomic write.</summary>
internal enum AppendStatus
{
    /// <summary>On disk, and readable from now on.</summary>
    Stored,

    /// <summary>Not stored: one of its sequence numbers is taken. Another writer is at work.</summary>
    Duplicate,

    /// <summary>Not stored, for certain.</summary>
    NotStored,

    /// <summary>Stored or not: only reading tells.</summary>
    Unknown,
}

/// <summary>What became of one atomic write, and why where it wasn't stored.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Cause">Null when stored.</param>
internal readonly record struct AppendOutcome(AppendStatus Status, Exception? Cause);
