using Scheduler.Actors.Projections;

namespace Scheduler.Host.Api;

/// <summary>Asks the read model and waits for a bounded time: a dead view store is a 503 within 5 s, not a hanging client.</summary>
internal static class BoundedViews
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The answer.</summary>
    /// <exception cref="ViewsUnavailableException">There is none, or none in time.</exception>
    public static ValueTask<T> InTime<T>(this ValueTask<T> answer, TimeProvider time, CancellationToken cancellationToken) =>
        answer.IsCompleted ? answer : new ValueTask<T>(WaitAsync(answer.AsTask(), time, cancellationToken));

    private static async Task<T> WaitAsync<T>(Task<T> answer, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ViewsUnavailableException($"No answer within {Patience.TotalSeconds} s.", e);
        }
    }
}
