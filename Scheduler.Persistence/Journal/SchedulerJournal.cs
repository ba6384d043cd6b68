using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Journal;

/// <summary>
/// An Akka.Persistence journal over a store that batches writes. An event that can't be serialized or is too large is rejected; everything else that goes
/// wrong is a failure, so that the actor stops: a taken sequence number above all, which means that there is a second writer.
/// </summary>
public sealed class SchedulerJournal : AsyncWriteJournal
{
    private readonly IEventStore _store;
    private readonly EventCodec _codec;
    private readonly PendingWrites _pending = new();
    private readonly Func<object, bool> _isUnhurried;

    /// <summary>Made by Akka.Persistence.</summary>
    /// <param name="config">The plugin's configuration; <c>store</c> names the kind of store.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public SchedulerJournal(Config config)
    {
        var stores = PersistenceStores.For(Context.System);
        _store = stores.Get(config).Events;
        _codec = new EventCodec((ExtendedActorSystem)Context.System, stores.Time);
        _isUnhurried = Context.System.Settings.Setup.Get<UnhurriedEventsSetup>() is { HasValue: true } setup ? setup.Value.IsUnhurried : static _ => false;
    }

    /// <inheritdoc />
    public override async Task<PersistenceHealthCheckResult> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var result = await base.CheckHealthAsync(cancellationToken);
        return await StoreHealth.CheckAsync(_store, result, cancellationToken);
    }

    /// <inheritdoc />
    public override Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        if (toSequenceNr < fromSequenceNr || toSequenceNr <= 0 || max <= 0)
            return Task.CompletedTask;
        var writers = new WriterHistory();
        return _store.ReplayAsync(
            persistenceId,
            fromSequenceNr,
            toSequenceNr,
            max,
            record =>
            {
                writers.Check(record);
                recoveryCallback(_codec.ToRepresentation(record));
                return true;
            },
            CancellationToken.None);
    }

    /// <inheritdoc />
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var pending = _pending.WaitFor(persistenceId);
        return pending.IsCompleted ? _store.ReadHighestSequenceNrAsync(persistenceId, cancellationToken) : WaitAndReadAsync();

        async Task<long> WaitAndReadAsync()
        {
            await pending.WaitAsync(cancellationToken);
            return await _store.ReadHighestSequenceNrAsync(persistenceId, cancellationToken);
        }
    }

    /// <inheritdoc />
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not ReplayMessages request || !NewPersistenceId.IsAskedBy(request))
            return base.AroundReceive(receive, message);
        request.PersistentActor.Tell(new RecoverySuccess(0), ActorRefs.NoSender);
        return true;
    }

    /// <inheritdoc />
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = new List<AtomicRecords>();
        Exception?[]? rejections = null;
        var index = 0;
        string? persistenceId = null;
        var all = messages as IReadOnlyCollection<AtomicWrite> ?? [.. messages];
        foreach (var message in all)
        {
            persistenceId = message.PersistenceId;
            try
            {
                writes.Add(Records(message));
            }
            catch (Exception e)
            {
                (rejections ??= new Exception?[all.Count])[index] = e;
            }

            index++;
        }

        IImmutableList<Exception>? rejected = rejections is null ? null : ImmutableArray.Create(rejections!);
        if (writes.Count == 0)
            return Task.FromResult(rejected!);

        // Enqueued before anything is awaited: the journal's calls come in order, and that is the order of each id's events.
        var append = _store.AppendAsync(writes, cancellationToken);
        _pending.Add(persistenceId!, append);
        return FinishAsync(append, rejected, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _store.DeleteAsync(persistenceId, toSequenceNr, cancellationToken);

    private static async Task<IImmutableList<Exception>> FinishAsync(
        Task<IReadOnlyList<AppendOutcome>> append, IImmutableList<Exception>? rejected, CancellationToken cancellationToken)
    {
        var outcomes = await append.WaitAsync(cancellationToken);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i].Cause is { } cause)
                throw outcomes.All(one => one.Status is AppendStatus.NotStored) ? new StoreException(cause.Message, cause) { IsNothingStored = true } : cause;
        }

        return rejected!;
    }

    private AtomicRecords Records(AtomicWrite write)
    {
        var representations = (IImmutableList<IPersistentRepresentation>)write.Payload;
        var records = new EventRecord[representations.Count];
        var isUnhurried = true;
        for (var i = 0; i < records.Length; i++)
        {
            var record = records[i] = _codec.ToRecord(representations[i]);
            isUnhurried = isUnhurried && _isUnhurried(representations[i].Payload is Tagged tagged ? tagged.Payload : representations[i].Payload);
            if (record.Payload.LongLength > _store.MaxEventBytes)
            {
                throw new StoreException(
                    $"Event {record.SequenceNr} of '{record.PersistenceId}' is too large to be stored: it has {record.Payload.LongLength} bytes, and "
                    + $"the journal's limit is {_store.MaxEventBytes}.");
            }
        }

        return new AtomicRecords(records) { IsUnhurried = isUnhurried };
    }
}
