namespace Scheduler.Actors.Execution.Clock;

/// <summary>The clock that all nodes share: that of their database's server.</summary>
public interface IReferenceClock
{
    /// <summary>What it shows, at some moment of the call.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">The server does not answer.</exception>
    Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken);
}
