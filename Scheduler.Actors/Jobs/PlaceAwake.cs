using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>One incarnation's place among the jobs of its node that are awake ahead of their start.</summary>
internal sealed class PlaceAwake(JobEnvironment environment, JobId job)
{
    /// <summary>Whether it has one.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Takes one, if it has none and there is one left.</summary>
    /// <returns>Whether it has one now.</returns>
    public bool TryTake(bool isNear) => IsTaken = IsTaken || environment.Gauge.TryEnter(job, isNear);

    /// <summary>Leaves it to others.</summary>
    public void Leave()
    {
        if (!IsTaken)
            return;
        IsTaken = false;
        environment.Gauge.Leave(job);
    }
}
