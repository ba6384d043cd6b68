using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Tests.Support;

/// <summary>One atomic write.</summary>
/// <param name="PersistenceId">Whose.</param>
/// <param name="Version">The sequence number of its last event.</param>
/// <param name="Events">What it holds.</param>
public sealed record JournalWrite(string PersistenceId, long Version, IReadOnlyList<JobEvent> Events);

/// <summary>One recovery's read.</summary>
/// <param name="PersistenceId">Whose.</param>
/// <param name="From">The first sequence number that was asked for.</param>
public sealed record JournalReplay(string PersistenceId, long From);

/// <summary>What becomes of a write.</summary>
public enum WriteFate
{
    /// <summary>It is not stored, and its writer is told that the write failed.</summary>
    FailsUnstored,

    /// <summary>It is stored, and its writer is told that the write failed.</summary>
    FailsStored,

    /// <summary>It is not stored, and its writer is told so.</summary>
    IsRejected,
}

/// <summary>What <see cref="ScriptedJournal"/> of one actor system is to do, and what it did.</summary>
public sealed class JournalScript : IExtension
{
    private readonly Lock _gate = new();
    private readonly List<(Predicate<JobEvent> Matches, WriteFate? Fate, HeldWrite? Held)> _script = [];

    /// <summary>The writes that have begun, whatever became of them.</summary>
    public Recorded<JournalWrite> Begun { get; } = new("a write to begin");

    /// <summary>The writes that are stored.</summary>
    public Recorded<JournalWrite> Stored { get; } = new("a write to be stored");

    /// <summary>The recoveries.</summary>
    public Recorded<JournalReplay> Replays { get; } = new("a recovery");

    /// <summary>What a replay fails with from now on; null for none.</summary>
    public Exception? ReplayFails { get; set; }

    /// <summary>What replays make of an event, where it is something else than what was stored.</summary>
    public Func<JobEvent, object>? Damage { get; set; }

    /// <summary>The script of <paramref name="system"/>.</summary>
    public static JournalScript Of(ActorSystem system) => system.WithExtension<JournalScript, Provider>();

    /// <summary>The events of a job that are stored.</summary>
    public IReadOnlyList<JobEvent> EventsOf(JobId job) =>
        [.. Stored.Items.Where(w => w.PersistenceId == job.PersistenceId).SelectMany(w => w.Events)];

    /// <summary>The next write that holds an event which <paramref name="matches"/> meets that fate.</summary>
    public void Next(Predicate<JobEvent> matches, WriteFate fate)
    {
        lock (_gate)
            _script.Add((matches, fate, Held: null));
    }

    /// <summary>The next write that holds an event which <paramref name="matches"/> waits until it is let go.</summary>
    public HeldWrite HoldNext(Predicate<JobEvent> matches)
    {
        var held = new HeldWrite();
        lock (_gate)
            _script.Add((matches, Fate: null, held));
        return held;
    }

    internal (WriteFate? Fate, HeldWrite? Held) Take(JournalWrite write)
    {
        lock (_gate)
        {
            var index = _script.FindIndex(s => write.Events.Any(e => s.Matches(e)));
            if (index < 0)
                return default;
            var (_, fate, held) = _script[index];
            _script.RemoveAt(index);
            return (fate, held);
        }
    }

    private sealed class Provider : ExtensionIdProvider<JournalScript>
    {
        public override JournalScript CreateExtension(ExtendedActorSystem system) => new();
    }
}

/// <summary>A write that waits for a spec.</summary>
public sealed class HeldWrite
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the write has come to the journal.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(Patience.Limit);

    /// <summary>Lets it be stored.</summary>
    public void Release() => _released.TrySetResult();

    internal Task WaitAsync()
    {
        _arrived.TrySetResult();
        return _released.Task;
    }
}
