using Akka.Actor;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Execution.Limits.Shared;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution;

/// <summary>
/// The permits of one node, and who waits for one. Every attempt takes one before it is stored, also one that takes the place of another: that
/// one does not wait for a permit, since the attempt that it replaces is about to give back its own, but it waits for the gate like everybody.
/// Belongs to <see cref="NodeRuns"/>, and to its thread.
/// </summary>
internal sealed class NodePermits : IDisposable
{
    private readonly RunWorkerEnvironment _environment;
    private readonly IActorRef _self;
    private readonly IRunLimiter _limiter;
    private readonly RunQueue<PermitRequest> _queue;
    private readonly Dictionary<PermitRequest, RunClaim> _replacing = [];
    private readonly Dictionary<PermitRequest, RunClaim> _gathered = [];
    private readonly PriorityQueue<PermitRequest, DateTimeOffset> _gathering = new();
    private readonly HashSet<RunLimit> _retried = [];
    private readonly Dictionary<PermitRequest, RunClaim> _holders = [];
    private readonly LimitPlaces? _places;
    private DateTimeOffset? _gatheringUntil;
    private int _free;

    /// <summary>All are free.</summary>
    /// <param name="environment">The node's limits, clock and gate.</param>
    /// <param name="self">Told of each <see cref="LimitRetry"/> and <see cref="GatheringOver"/>.</param>
    public NodePermits(RunWorkerEnvironment environment, IActorRef self)
    {
        _environment = environment;
        _self = self;
        _free = environment.Options.MaxConcurrentRuns;
        _places = environment.Shared is { } shared ? new LimitPlaces(shared.Self, environment.Clock) : null;
        _limiter = new NodeRunLimiter(environment.Options.Limits, environment.Options.MaxConcurrentRuns, _places);
        _queue = new RunQueue<PermitRequest>(_limiter);
    }

    /// <summary>Whether a job holds one whose attempt has not come yet: it may be stored already.</summary>
    public bool AnyHeld => _holders.Count > 0;

    /// <summary>A job asks.</summary>
    public void Request(PermitRequest who, RunClaim claim)
    {
        if (claim.Replaces)
            _replacing.TryAdd(who, claim);
        else if (_environment.GrantAhead is { } ahead && claim.DueAt - ahead is var opens && opens > _environment.Clock.GetUtcNow())
            Gather(who, claim, opens);
        else
            _queue.Add(who, claim);
        Grant();
    }

    /// <summary>What a request waits for; null when it does not wait.</summary>
    public RunLimit? FindLimit(PermitRequest who) => _replacing.ContainsKey(who) || _gathered.ContainsKey(who) ? RunLimit.Node : _queue.FindLimit(who);

    /// <summary>A job gives its permit back, or asks for none any more.</summary>
    public void Release(PermitRequest who)
    {
        // A job that waits stays in the queue until its turn, where it is passed over.
        if (!_queue.Remove(who) && !_replacing.Remove(who) && !_gathered.Remove(who) && _holders.Remove(who, out var held))
            Free(held);
    }

    /// <summary>A job's permit goes on to the attempt that it has stored.</summary>
    /// <returns>What to give back when the attempt has ended.</returns>
    public RunClaim Spend(PermitRequest who, Attempt attempt)
    {
        if (_holders.Remove(who, out var claim))
            return claim;
        // Without a permit it counts all the same: it is in the journal. The count is made good when it ends.
        claim = RunClaim.Of(attempt.Definition, attempt.DueAt);
        Take(claim);
        return claim;
    }

    /// <summary>An attempt's permit comes back.</summary>
    public void Free(RunClaim claim)
    {
        _free++;
        _limiter.Leave(claim);
        foreach (var limit in _limiter.LimitsOf(claim))
            _queue.Release(limit);
        Grant();
    }

    /// <summary>A limit that goes by time may have room again.</summary>
    public void TryAgain(LimitRetry retry)
    {
        _retried.Remove(retry.Limit);
        _queue.ReleaseAll(retry.Limit);
        Grant();
    }

    /// <summary>Who has asked for an instant by now is granted its permit, in order.</summary>
    public void EndGathering(GatheringOver over)
    {
        if (_gatheringUntil == over.At)
            _gatheringUntil = null;
        var now = _environment.Clock.GetUtcNow();
        while (_gathering.TryPeek(out var who, out var opens))
        {
            if (opens > now)
            {
                WaitUntil(opens);
                break;
            }

            _gathering.Dequeue();
            if (_gathered.Remove(who, out var claim))
                _queue.Add(who, claim);
        }

        Grant();
    }

    /// <summary>A limit over all nodes has granted something, or has heard this node.</summary>
    public void Hear(LimitGranted granted)
    {
        if (_places is null || SharedLimit.Find(granted.Limit) is not { } limit)
            return;
        for (var more = _places.Hear(limit, granted); more > 0; more--)
            _queue.Release(limit);
        Grant();
    }

    /// <summary>A limit over all nodes has begun somewhere, and asks.</summary>
    public void Hear(AskLimitNeed asked)
    {
        if (_places is null || SharedLimit.Find(asked.Limit) is not { } limit)
            return;
        _places.Hear(limit, asked);
        TellNeeds(all: false);
    }

    /// <summary>Says again what is held of limits over all nodes, before it runs out.</summary>
    public void Renew()
    {
        _places?.GiveBackUnused(CountWaiting, isLate: true);
        TellNeeds(all: true);
    }

    /// <summary>Grants what there is, while the gate is open.</summary>
    public void Grant()
    {
        if (_environment.Gate.IsOpen)
            GrantAll();
        TellNeeds(all: false);
        _environment.Metrics?.Permits(_environment.Options.MaxConcurrentRuns - _free, _queue.Count + _replacing.Count);
    }

    private void TellNeeds(bool all)
    {
        if (_places is null)
            return;
        _places.GiveBackUnused(CountWaiting, isLate: false);
        foreach (var need in _places.Needs(CountWaiting, all))
            _environment.Shared!.Limits.Tell(need, _self);
    }

    /// <summary>A node that may start nothing keeps no place from those that may.</summary>
    private int CountWaiting(RunLimit limit) => _environment.Gate.IsOpen ? _queue.CountHeld(limit) : 0;

    private void GrantAll()
    {
        foreach (var (who, claim) in _replacing)
        {
            Take(claim);
            Grant(who, claim);
        }

        _replacing.Clear();
        while (_free > 0 && _queue.Take(out var claim, TryAgain) is { } next)
        {
            _free--;
            Grant(next, claim!);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();

    private void Gather(PermitRequest who, RunClaim claim, DateTimeOffset opens)
    {
        if (!_gathered.TryAdd(who, claim))
            return;
        _gathering.Enqueue(who, opens);
        WaitUntil(opens);
    }

    /// <summary>One timer for an instant, however many ask for it.</summary>
    private void WaitUntil(DateTimeOffset opens)
    {
        if (_gatheringUntil <= opens)
            return;
        _gatheringUntil = opens;
        _environment.Timers.TellPrecisely(opens, _self, new GatheringOver(opens));
    }

    private void Grant(PermitRequest who, RunClaim claim)
    {
        _holders.Add(who, claim);
        who.Job.Tell(new PermitGranted(who.Request));
    }

    private void Take(RunClaim claim)
    {
        _free--;
        _limiter.Enter(claim);
    }

    /// <summary>A rate has room again without anybody leaving. One timer for each is enough.</summary>
    private void TryAgain(RunRefusal refusal)
    {
        if (_retried.Add(refusal.Limit))
            _environment.Timers.TellAt(_environment.Clock.GetUtcNow() + refusal.After!.Value, _self, new LimitRetry(refusal.Limit));
    }
}

/// <summary>One request of a job for a permit.</summary>
/// <param name="Job">The job.</param>
/// <param name="Request">Which of its requests.</param>
internal sealed record PermitRequest(IActorRef Job, long Request);

/// <summary>A limit that goes by time is tried again.</summary>
/// <param name="Limit">Which.</param>
internal sealed record LimitRetry(RunLimit Limit);

/// <summary>Nobody else is waited for who may ask for the same instant.</summary>
/// <param name="At">When the permits for that instant are granted.</param>
internal sealed record GatheringOver(DateTimeOffset At);
