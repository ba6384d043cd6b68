namespace Scheduler.Actors.Execution;

/// <summary>Thrown by a handler whose target asks not to be called again for a while.</summary>
/// <param name="after">How long: at most a day is waited. The run's retry policy still says whether it is tried again, and how long it waits at least.</param>
/// <param name="message">What went wrong.</param>
/// <param name="inner">Why.</param>
public sealed class RetryLaterException(TimeSpan after, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the target is not to be called.</summary>
    public TimeSpan After => after;
}
