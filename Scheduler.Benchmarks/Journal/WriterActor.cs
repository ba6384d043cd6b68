using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Scheduler.Benchmarks.Journal;

/// <summary>A persistent actor that writes one event after the other, each when the one before it is confirmed.</summary>
internal sealed class WriterActor(string persistenceId, WriteProgress recovery) : UntypedPersistentActor
{
    // About what a job's event takes; bytes, so that the journal is measured and not a serializer.
    private static readonly byte[] Event = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    private readonly Tagged _tagged = new(Event, ["slice-1"]);
    private WriteProgress? _progress;
    private int _left;

    /// <inheritdoc/>
    public override string PersistenceId => persistenceId;

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
            recovery.Done();
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        if (message is not Write write)
        {
            Unhandled(message);
            return;
        }

        _progress = write.Progress;
        _left = write.AtMost;
        Next();
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        recovery.Failed(reason);
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _progress?.Failed(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _progress?.Failed(cause);
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    private void Next()
    {
        if (_left-- == 0 || _progress!.Stopping)
        {
            _progress!.Done();
            return;
        }

        Persist(_tagged, _ =>
        {
            _progress.Confirmed();
            Next();
        });
    }

    /// <summary>Write this many events, or fewer when it is time to stop.</summary>
    internal sealed record Write(WriteProgress Progress, int AtMost);
}
