using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Support;

/// <summary>A row that was handed over to be written.</summary>
/// <param name="State">The job.</param>
/// <param name="IsNew">Whether the events behind it are all of this job's.</param>
/// <param name="Reply">What is answered then.</param>
public sealed record WrittenRow(JobState State, bool IsNew, object Reply);

/// <summary>Keeps the rows that it was given, and replies once it may.</summary>
public sealed class RecordingViews : IJobViewWriter
{
    private volatile TaskCompletionSource? _hold;

    /// <summary>The rows.</summary>
    public Recorded<WrittenRow> Rows { get; } = new("a row");

    /// <summary>From now on rows take until they are released.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The held rows are written.</summary>
    public void Release()
    {
        _hold?.TrySetResult();
        _hold = null;
    }

    /// <inheritdoc />
    public void Write(JobState state, bool isNew, IActorRef replyTo, object reply, IActorRef sender)
    {
        var hold = _hold;
        Rows.Add(new WrittenRow(state, isNew, reply));
        if (hold is null)
            replyTo.Tell(reply, sender);
        else
            _ = hold.Task.ContinueWith(_ => replyTo.Tell(reply, sender), TaskScheduler.Default);
    }
}
