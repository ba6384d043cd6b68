using Akka.Cluster;

namespace Scheduler.Host.Configuration.Membership;

/// <summary>
/// Ends a process that stood still for so long that its cluster has gone on without it. Otherwise it would go on for as long as it takes to hear of that, with
/// what it was in the middle of (2026-11: 68 s after a pause of 40 s).
/// </summary>
internal static class PauseWatch
{
    /// <summary>More than the others need to take it for dead, see hocon/cluster.conf: they notice within about 5 s, and decide 8 s later.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Watches for as long as the process lives.</summary>
    /// <param name="cluster">The node's cluster.</param>
    /// <param name="time">Measures; its timestamps must go on while the process does not.</param>
    /// <param name="end">Told of a pause that was too long, with its length.</param>
    public static void Begin(Cluster cluster, TimeProvider time, Action<TimeSpan> end)
    {
        var thread = new Thread(() => Watch(cluster, time, end)) { IsBackground = true, Name = "pause-watch" };
        thread.Start();
    }

    /// <summary>Whether a node of so many members that did nothing for so long is theirs no more.</summary>
    public static bool IsTooLong(TimeSpan pause, int members) => members > 1 && pause >= Limit;

    private static void Watch(Cluster cluster, TimeProvider time, Action<TimeSpan> end)
    {
        using var never = new ManualResetEventSlim();
        var last = time.GetTimestamp();
        while (!cluster.IsTerminated)
        {
            never.Wait(s_tick);
            var pause = time.GetElapsedTime(last);
            if (IsTooLong(pause, cluster.State.Members.Count))
            {
                end(pause);
                return;
            }

            last = time.GetTimestamp();
        }
    }
}
