namespace Scheduler.Persistence.Store;

/// <summary>A store can't do what was asked of it: disk full, file locked, server away, format unknown.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">Which store, and what is wrong with it, in words for an operator.</param>
    /// <param name="inner">What the driver said.</param>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>True where it is certain that nothing of the write was stored; false where it isn't, or where it was no write.</summary>
    public bool IsNothingStored { get; init; }
}
