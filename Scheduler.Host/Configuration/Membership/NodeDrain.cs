using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Placement;
using Scheduler.Actors.Wiring;

namespace Scheduler.Host.Configuration.Membership;

/// <summary>
/// The first half of a node's end, where it leaves others: it is not ready, goes on answering, and hands its jobs and slices over, so that what falls due
/// fires elsewhere. What it still runs ends in the second half, the actor system's own shutdown; its region stays until then as a way to the others.
/// </summary>
internal sealed partial class NodeDrain(ActorSystem system, ClusterSettings settings, TimeProvider time, ILogger<NodeDrain> log)
{
    /// <summary>How long the hand-over may take; what has not moved by then is moved by the shutdown.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private volatile JobSystem? _jobs;
    private volatile bool _hasBegun;

    /// <summary>Whether the node is about to leave.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>The node has regions to hand over.</summary>
    public void Started(JobSystem jobs) => _jobs = jobs;

    /// <summary>Drains the node; returns at once where nobody is left to take anything over.</summary>
    public async Task RunAsync()
    {
        if (_jobs is not { } jobs || Cluster.Get(system) is not { IsTerminated: false } cluster || !HasOthers(cluster, jobs, role: null))
            return;
        _hasBegun = true;
        var begun = time.GetTimestamp();
        if (HasOthers(cluster, jobs, ClusterSettings.JobsRole) && cluster.SelfRoles.Contains(ClusterSettings.JobsRole))
        {
            jobs.Drain.Tell(AnnounceDrain.Instance);
            while (await ShardsAsync() > 0 && HasOthers(cluster, jobs, ClusterSettings.JobsRole))
            {
                if (time.GetElapsedTime(begun) > s_longest)
                {
                    LogNotHandedOver(s_longest.TotalSeconds);
                    break;
                }

                await Task.Delay(s_look, time);
            }
        }

        if (settings.ShutdownDelay - time.GetElapsedTime(begun) is { Ticks: > 0 } rest)
            await Task.Delay(rest, time);
    }

    private static bool HasOthers(Cluster cluster, JobSystem jobs, string? role) => cluster.State.Members.Any(m =>
        m.Status is MemberStatus.Up
        && !m.UniqueAddress.Equals(cluster.SelfUniqueAddress)
        && (role is null || m.HasRole(role))
        && !jobs.Draining.Contains(m.UniqueAddress.ToWorkerNode()));

    private async Task<int> ShardsAsync()
    {
        var count = 0;
        var sharding = ClusterSharding.Get(system);
        foreach (var region in JobSystem.MovingRegions)
        {
            try
            {
                count += (await sharding.ShardRegion(region).Ask<CurrentShardRegionState>(GetShardRegionState.Instance, TimeSpan.FromSeconds(2))).Shards.Count;
            }
            catch (AskTimeoutException)
            {
                count++;
            }
        }

        return count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not all jobs of this node were taken over by others within {Seconds:0} s: the rest moves when it stops")]
    private partial void LogNotHandedOver(double seconds);
}
