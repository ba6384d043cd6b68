using Akka.Actor;
using Akka.Persistence;

namespace Scheduler.Tests.Persistence;

/// <summary>Persists as many events as it is told to, one after the other, and tells a probe what happens.</summary>
internal sealed class Counter : ReceivePersistentActor
{
    private readonly IActorRef _probe;
    private int _persisted;
    private int _left;

    public Counter(string persistenceId, IActorRef probe)
        : this(persistenceId, probe, Recovery.Default)
    {
    }

    public Counter(string persistenceId, IActorRef probe, Recovery recovery)
    {
        Recovery = recovery;
        PersistenceId = persistenceId;
        _probe = probe;
        Recover<Happened>(_ => _persisted++);
        Recover<RecoveryCompleted>(_ => _probe.Tell($"recovered {_persisted}"));
        Command<int>(count =>
        {
            _left = count;
            Next();
        });
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery { get; }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _probe.Tell($"failed {cause.GetType().Name}");

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => _probe.Tell($"rejected {cause.GetType().Name}");

    private void Next() => Persist(new Happened("tick"), _ =>
    {
        _persisted++;
        if (--_left == 0)
            _probe.Tell($"persisted {_persisted}");
        else
            Next();
    });
}
