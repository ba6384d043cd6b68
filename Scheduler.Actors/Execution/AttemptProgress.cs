using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution;

/// <summary>The last that an attempt said of its progress. Written by the target, read by its worker, on any threads.</summary>
/// <param name="clock">The clock.</param>
public sealed class AttemptProgress(TimeProvider clock)
{
    private volatile RunProgress? _latest;

    /// <summary>Null while nothing was said.</summary>
    public RunProgress? Latest => _latest;

    /// <summary>Takes the place of what was said before.</summary>
    public void Report(long done, long? total) => _latest = new RunProgress(done, total, clock.GetUtcNow());
}
