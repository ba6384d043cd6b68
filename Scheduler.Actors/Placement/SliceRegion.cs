using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Placement;

/// <summary>
/// One actor for each slice, somewhere in the cluster, kept alive: like Akka's <c>ShardedDaemonProcess</c>, which takes no allocation strategy. A slice is an
/// entity and its own shard.
/// </summary>
internal static class SliceRegion
{
    /// <summary>Starts this node's part of it.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="name">The region's name; part of the protocol between nodes.</param>
    /// <param name="props">How a slice's actor is made.</param>
    /// <param name="stopMessage">Ends one, when it moves.</param>
    /// <param name="role">The role of nodes that have some.</param>
    /// <param name="strategy">Where they are.</param>
    public static IActorRef Start(ActorSystem system, string name, Func<int, Props> props, object stopMessage, string role, IShardAllocationStrategy strategy)
    {
        var region = ClusterSharding.Get(system).Start(
            name, id => props(int.Parse(id, CultureInfo.InvariantCulture)), ClusterShardingSettings.Create(system).WithRole(role), new Extractor(), strategy, stopMessage);
        system.ActorOf(Props.Create(typeof(Keeper), region, role), name + "-keeper");
        return region;
    }

    /// <summary>Slices are only ever started; nobody sends them messages through the region.</summary>
    private sealed class Extractor : IMessageExtractor
    {
        public string? EntityId(object message) => null;

        public object? EntityMessage(object message) => null;

        public string? ShardId(object message) => null;

        public string ShardId(string entityId, object? messageHint = null) => entityId;
    }

    /// <summary>Starts all slices again and again, from the oldest node: one that runs takes no notice.</summary>
    private sealed class Keeper : UntypedActor, IWithTimers
    {
        private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
        private static readonly string[] s_slices = [.. Enumerable.Range(0, JobId.Slices).Select(n => n.ToString(CultureInfo.InvariantCulture))];

        private readonly Cluster _cluster = Cluster.Get(Context.System);
        private readonly CoordinatedShutdown _shutdown = CoordinatedShutdown.Get(Context.System);
        private readonly IActorRef _region;
        private readonly string _role;

        public Keeper(IActorRef region, string role) => (_region, _role) = (region, role);

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
            Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, s_interval);
        }

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Tick or ClusterEvent.IMemberEvent:
                    // A region that stops waits for a home of each message that it has.
                    if (_shutdown.ShutdownReason is null && IsOldest())
                        StartAll();
                    break;
                default:
                    // What a shard acknowledges, whose type is sharding's own.
                    break;
            }
        }

        private bool IsOldest()
        {
            var oldest = _cluster.State.Members.Where(m => m.HasRole(_role) && m.Status is MemberStatus.Up or MemberStatus.Leaving)
                .Aggregate((Member?)null, static (oldest, m) => oldest is null || m.IsOlderThan(oldest) ? m : oldest);
            return oldest is not null && oldest.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
        }

        private void StartAll()
        {
            foreach (var slice in s_slices)
                _region.Tell(new ShardRegion.StartEntity(slice));
        }

        private sealed class Tick : INoSerializationVerificationNeeded
        {
            public static Tick Instance { get; } = new();
        }
    }
}
