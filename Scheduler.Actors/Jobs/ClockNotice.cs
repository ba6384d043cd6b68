using System.Collections.Concurrent;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// Says once of each job that it has run ahead of time what would be due: nothing else would, since it only sleeps. Shared by a node's jobs, for one
/// that sleeps is another actor at its next message (until 2026-11 each of those said it again).
/// </summary>
/// <param name="remembers">How many jobs it remembers.</param>
internal sealed class ClockNotice(int remembers = 100_000)
{
    /// <summary>The jobs that it was said of, with the time until which they wait: a job that is gone from this node is not seen to wait no more.</summary>
    private readonly ConcurrentDictionary<JobId, DateTimeOffset> _said = new();

    /// <summary>Says it, if it is so and was not so before.</summary>
    public void Look(JobState job, DateTimeOffset now, JobEnvironment environment, ILoggingAdapter log)
    {
        if (WaitingForClock.Of(job, now, environment.Timing.MisfireThreshold) is not { } wait)
        {
            _said.TryRemove(job.Id, out _);
            return;
        }

        var isSaid = _said.TryGetValue(job.Id, out var until) && until > now;
        if (!isSaid && _said.Count >= remembers)
        {
            // To say it twice of some is better than to remember without an end.
            _said.Clear();
        }

        _said[job.Id] = wait.Until;
        if (isSaid)
            return;
        environment.Metrics?.AheadOfClock();
        log.Warning(
            "Job {0} has resolved its fire times up to {1:O}, and the clock shows {2:O}: the clock was ahead, and was set back. They are not run again; another schedule starts at once",
            job.Id, wait.Until, now);
    }
}
