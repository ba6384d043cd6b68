using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Timing;

namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>What the limits of a node know of the others.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Timers">Waits for rates and leases.</param>
/// <param name="Limits">What is configured.</param>
/// <param name="Nodes">Those that may run something, by now.</param>
/// <param name="FindRuns">A node's <see cref="NodeRuns"/>; null for one that is no member.</param>
internal sealed record LimitEnvironment(
    TimeProvider Clock, IJobTimers Timers, RunLimits Limits, Func<IReadOnlyList<WorkerNode>> Nodes, Func<WorkerNode, ICanTell?> FindRuns);

/// <summary>Ends a limit, when it moves or nobody needs it. Stays on the node.</summary>
internal sealed class StopLimit
{
    private StopLimit()
    {
    }

    /// <summary>The only one.</summary>
    public static StopLimit Instance { get; } = new();
}

/// <summary>One limit over all nodes, somewhere in the cluster.</summary>
internal sealed class LimitActor : UntypedActor
{
    private readonly string _name;
    private readonly LimitEnvironment _environment;
    private readonly RunLimit _limit;
    private string _id;
    private LimitLedger _ledger;
    private ICancelable? _tick;

    /// <summary>Begins, and asks all nodes what they hold.</summary>
    /// <param name="name">The limit's name.</param>
    /// <param name="environment">The others.</param>
    public LimitActor(string name, LimitEnvironment environment)
    {
        _name = name;
        _environment = environment;
        _limit = SharedLimit.Find(name) ?? throw new InvalidOperationException($"No limit is called '{name}'.");
        (_id, _ledger) = NewLedger(after: "");
    }

    /// <inheritdoc />
    protected override void PreStart() => AskAll();

    /// <inheritdoc />
    protected override void PostStop() => _tick?.Cancel();

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LimitNeed m:
                // The node that this limit was on before has a clock that is ahead of this one's.
                if (string.CompareOrdinal(m.Ledger, _id) > 0)
                {
                    (_id, _ledger) = NewLedger(m.Ledger);
                    AskAll();
                }

                Tell(_ledger.Hear(m, _environment.Clock.GetUtcNow()));
                WaitForTick();
                break;
            case Tick:
                Tell(_ledger.Tick(_environment.Clock.GetUtcNow()));
                if (_ledger.IsIdle)
                    Context.Parent.Tell(new Passivate(StopLimit.Instance));
                WaitForTick();
                break;
            case StopLimit:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Ledgers of a limit are told apart, and put in order, by when they begin: as text of one length.</summary>
    private (string Id, LimitLedger Ledger) NewLedger(string after)
    {
        var now = _environment.Clock.GetUtcNow();
        var number = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? Math.Max(before + 1, now.UtcTicks) : now.UtcTicks;
        var id = number.ToString("D19", CultureInfo.InvariantCulture);
        return (id, SharedLimit.Ledger(id, _limit, _environment.Limits, now));
    }

    private void AskAll()
    {
        var nodes = _environment.Nodes();
        _ledger.Await(nodes);
        foreach (var node in nodes)
            _environment.FindRuns(node)?.Tell(new AskLimitNeed(_name, _id), Self);
        WaitForTick();
    }

    private void Tell(IReadOnlyList<LimitShare> shares)
    {
        foreach (var share in shares)
        {
            _environment.FindRuns(share.Node)?.Tell(
                new LimitGranted(_name, share.Ledger) { Number = share.Number, Places = share.Places, At = share.At }, Self);
        }
    }

    private void WaitForTick()
    {
        _tick?.Cancel();
        var now = _environment.Clock.GetUtcNow();
        _tick = _environment.Timers.TellAt(_ledger.NextTick(now) ?? now + SharedLimit.Lease, Self, Tick.Instance);
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
