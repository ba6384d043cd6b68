using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Tests.Support;

/// <summary>A journal in memory whose writes fail, are refused or hang where a <see cref="JournalScript"/> says so.</summary>
public sealed class ScriptedJournal : MemoryJournal
{
    private readonly JournalScript _script = JournalScript.Of(Context.System);
    private readonly ConcurrentDictionary<(string, long), bool> _used = new();

    /// <inheritdoc />
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        _script.Replays.Add(new JournalReplay(persistenceId, fromSequenceNr));
        if (_script.ReplayFails is { } cause)
            return Task.FromException(cause);
        return base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, p => recoveryCallback(p.WithPayload(Read(p))));
    }

    /// <inheritdoc />
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var results = ImmutableList.CreateBuilder<Exception>();
        foreach (var message in messages)
            results.Add((await WriteAsync(message, cancellationToken))!);
        return results.ToImmutable();
    }

    private async Task<Exception?> WriteAsync(AtomicWrite message, CancellationToken cancellationToken)
    {
        var representations = (IImmutableList<IPersistentRepresentation>)message.Payload;
        var write = new JournalWrite(message.PersistenceId, message.HighestSequenceNr, [.. representations.Select(p => (JobEvent)Untagged(p))]);
        var (fate, held) = _script.Take(write);
        _script.Begun.Add(write);
        if (held is not null)
            await held.WaitAsync();
        if (fate is WriteFate.IsRejected)
            return new InvalidOperationException("The journal refuses this write.");
        if (fate is not WriteFate.FailsUnstored)
        {
            // The last fence against a second copy of a job: each sequence number once.
            if (!representations.All(p => _used.TryAdd((p.PersistenceId, p.SequenceNr), value: true)))
                throw new InvalidOperationException($"{message.PersistenceId} has an event {message.LowestSequenceNr} already.");
            await base.WriteMessagesAsync([message], cancellationToken);
            _script.Stored.Add(write);
        }

        return fate is null ? null : throw new IOException("The disk is gone.");
    }

    private object Read(IPersistentRepresentation representation)
    {
        var stored = Untagged(representation);
        return _script.Damage?.Invoke((JobEvent)stored) ?? stored;
    }

    private static object Untagged(IPersistentRepresentation representation) =>
        representation.Payload is Tagged tagged ? tagged.Payload : representation.Payload;
}
