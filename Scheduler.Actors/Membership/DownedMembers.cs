using Akka.Actor;
using Akka.Cluster;

namespace Scheduler.Actors.Membership;

/// <summary>Tells of members that were taken for dead, when they are members no more.</summary>
public sealed class DownedMembers : UntypedActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Func<string, Task> _gone;

    /// <summary>Made once for each node.</summary>
    public DownedMembers(Func<string, Task> gone) => _gone = gone;

    /// <summary>How it is made.</summary>
    /// <param name="gone">Called with a node's <see cref="Name"/>; what it fails with is nobody's.</param>
    public static Props Props(Func<string, Task> gone) => Akka.Actor.Props.Create(typeof(DownedMembers), gone);

    /// <summary>What a node is known by, and no later process at its address.</summary>
    public static string Name(UniqueAddress node) => $"{node.Address.HostAndPort()}#{node.Uid}";

    /// <inheritdoc />
    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc />
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        // Its own end is its own affair. At once when it is decided, and again when it is certain to have stopped.
        var node = message switch
        {
            ClusterEvent.MemberDowned downed => downed.Member.UniqueAddress,
            ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Down } removed => removed.Member.UniqueAddress,
            _ => null,
        };
        if (node is not null && !node.Equals(_cluster.SelfUniqueAddress))
            _ = _gone(Name(node));
    }
}
