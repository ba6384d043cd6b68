namespace Scheduler.Actors.Projections;

/// <summary>
/// The common beat of a node's projections. Each of the 32 slices would otherwise write as soon as it is done with the step before, and the
/// pages that they share be written as often as there are steps. One that has stepped waits for the beat; an event that comes later than that
/// waits for nothing.
/// </summary>
/// <param name="interval">From beat to beat; zero: no waiting.</param>
/// <param name="time">Tells how long that is: the machine's time, whatever the node's clock says.</param>
public sealed class ProjectionRhythm(TimeSpan interval, TimeProvider time)
{
    /// <summary>A step of so many events is worth its transaction, and its projection may be behind: it goes on at once.</summary>
    internal const int EnoughEvents = 100;

    private readonly Lock _beating = new();
    private readonly long _begin = time.GetTimestamp();
    private Task _next = Task.CompletedTask;

    /// <summary>Completes when a projection may take its next step.</summary>
    /// <param name="events">How many the last one had.</param>
    public Task AfterAsync(int events)
    {
        if (events >= EnoughEvents || interval <= TimeSpan.Zero)
            return Task.CompletedTask;
        lock (_beating)
        {
            if (_next.IsCompleted)
                _next = Task.Delay(interval - TimeSpan.FromTicks(time.GetElapsedTime(_begin).Ticks % interval.Ticks), time);
            return _next;
        }
    }
}
