using Akka.Persistence;

namespace Scheduler.Persistence.Store;

/// <summary>Adds what only a write can tell to what Akka's circuit breaker knows.</summary>
internal static class StoreHealth
{
    public static async Task<PersistenceHealthCheckResult> CheckAsync(
        IEventStore store, PersistenceHealthCheckResult breaker, CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken).WaitAsync(cancellationToken);
            return breaker;
        }
        catch (Exception e)
        {
            return new PersistenceHealthCheckResult(PersistenceHealthStatus.Unhealthy, e.Message, e, breaker.Data);
        }
    }
}
