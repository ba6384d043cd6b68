using Akka.Event;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>Says once that a job has run ahead of time what would be due: nothing else would, since it only sleeps.</summary>
internal sealed class ClockNotice(JobEnvironment environment, ILoggingAdapter log)
{
    private bool _isAhead;

    /// <summary>Says it, if it is so and was not so before.</summary>
    public void Look(JobState job, DateTimeOffset now)
    {
        var wait = WaitingForClock.Of(job, now, environment.Timing.MisfireThreshold);
        if (wait is not null && !_isAhead)
        {
            environment.Metrics?.AheadOfClock();
            log.Warning(
                "Job {0} has resolved its fire times up to {1:O}, and the clock shows {2:O}: the clock was ahead, and was set back. They are not run again; another schedule starts at once",
                job.Id, wait.Until, now);
        }

        _isAhead = wait is not null;
    }
}
