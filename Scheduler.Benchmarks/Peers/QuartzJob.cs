using Quartz;

namespace Scheduler.Benchmarks.Peers;

/// <summary>A job that only says when it was called. Quartz makes it, so what it writes to is set for the whole process.</summary>
internal sealed class QuartzJob : IJob
{
    /// <summary>What the runs of the current measure write to.</summary>
    public static LatenessLog? Log { get; set; }

    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (context.ScheduledFireTimeUtc is { } due)
            Log?.Started(due);
        return ValueTask.CompletedTask;
    }
}
