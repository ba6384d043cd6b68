using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>
/// Fires a number of times at a fixed distance: the simplest schedule with more than one fire time, so that histories see a cursor move,
/// fire times meet active runs, and backlogs.
/// </summary>
internal sealed record EverySchedule(DateTimeOffset First, TimeSpan Period, int Times) : Schedule
{
    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        if (after < First)
            return First;
        var n = ((after - First).Ticks / Period.Ticks) + 1;
        return n < Times ? First + (Period * n) : null;
    }
}
