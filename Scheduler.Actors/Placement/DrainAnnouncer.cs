using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Placement;

/// <summary>Tells this node's <see cref="DrainAnnouncer"/> that the node is about to leave. Crosses no nodes.</summary>
public sealed class AnnounceDrain : INoSerializationVerificationNeeded
{
    private AnnounceDrain()
    {
    }

    /// <summary>The only one.</summary>
    public static AnnounceDrain Instance { get; } = new();
}

/// <summary>
/// Knows which nodes drain. One that does says so to all members, again and again until it is gone: whoever joins or takes the coordinator over meanwhile
/// learns it too, and a lost message costs a second.
/// </summary>
internal sealed class DrainAnnouncer : UntypedActor, IWithTimers
{
    /// <summary>The actor's name below <c>/user</c>, the same on every node.</summary>
    public const string ActorName = "draining";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly DrainingNodes _draining;

    /// <summary>Made once for each node.</summary>
    public DrainAnnouncer(DrainingNodes draining) => _draining = draining;

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc />
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AnnounceDrain:
                _draining.Add(_cluster.SelfUniqueAddress.ToWorkerNode());
                Announce();
                Timers.StartPeriodicTimer(nameof(Announce), Again.Instance, s_interval);
                break;
            case Again:
                Announce();
                break;
            case NodeDraining other:
                _draining.Add(other.Node);
                break;
            case ClusterEvent.MemberRemoved removed:
                _draining.Remove(removed.Member.UniqueAddress.ToWorkerNode());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Announce()
    {
        var self = new NodeDraining(_cluster.SelfUniqueAddress.ToWorkerNode());
        foreach (var member in _cluster.State.Members)
        {
            if (!member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
                Context.ActorSelection($"{member.Address}/user/{ActorName}").Tell(self);
        }
    }

    private sealed class Again : INoSerializationVerificationNeeded
    {
        public static Again Instance { get; } = new();
    }
}
