using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Scheduler.Host.Configuration.Membership;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>This node's actor system, as the process sees it.</summary>
internal static class Node
{
    /// <summary>What a process ends with whose cluster goes on without it.</summary>
    public const int DownedExitCode = 3;

    /// <summary>How long a downed node has to end in order: what it still did would be done twice.</summary>
    private static readonly TimeSpan LongestDownedEnd = TimeSpan.FromSeconds(2.5);

    /// <summary>There may be nobody to join.</summary>
    private static readonly TimeSpan LongestJoin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Opens all that the node's start rests on, so that what is wrong is told in a sentence: within the hosted service that starts the
    /// actor system it would be a stack trace.
    /// </summary>
    /// <param name="app">The application, composed.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="storage">What to open.</param>
    /// <param name="reach">Told of each step; throws when the start goes no further.</param>
    /// <param name="cancellationToken">Gives up. The actor system is ended then, since nothing else would end it in order.</param>
    /// <exception cref="StartException">Something cannot be opened.</exception>
    public static async Task OpenNodeAsync(
        this WebApplication app, SchedulerSettings settings, INodeStorage storage, Action<StartStep> reach, CancellationToken cancellationToken)
    {
        var system = System(app, settings.Cluster);
        try
        {
            reach(StartStep.SystemStarted);
            await storage.OpenAsync(app.Services, system, cancellationToken);
            reach(StartStep.Opened);
        }
        catch
        {
            await system.Terminate();
            throw;
        }
    }

    /// <summary>Ends the process within three seconds of its node being downed, however much of it hangs.</summary>
    public static void EndSoonWhenDowned(this WebApplication app, TextWriter error)
    {
        var shutdown = CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>());
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "end-when-downed", async () =>
        {
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
            {
                await error.WriteLineAsync(
                    $"The cluster goes on without this node: it was cut off, or paused for too long. What it runs is cancelled, and the process ends with code {DownedExitCode}: it is to be started again.");
                _ = Task.Delay(LongestDownedEnd, TimeProvider.System).ContinueWith(
                    static _ => Environment.Exit(DownedExitCode), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            return Akka.Done.Instance;
        });
        PauseWatch.Begin(Cluster.Get(app.Services.GetRequiredService<ActorSystem>()), app.Services.GetRequiredService<TimeProvider>(), pause =>
        {
            error.WriteLine($"This process stood still for {pause.TotalSeconds:0} s, and its cluster has gone on without it. It ends at once, with code {DownedExitCode}: it is to be started again.");
            Environment.Exit(DownedExitCode);
        });
    }

    /// <summary>The node's address in the cluster.</summary>
    public static string NodeAddress(this WebApplication app) =>
        Cluster.Get(app.Services.GetRequiredService<ActorSystem>()).SelfAddress is { Host: { } host, Port: { } port } ? $"{host}:{port}" : "";

    /// <summary>
    /// Waits until the node is a member of its cluster and its regions have their coordinators, or some seconds: one that leaves before is
    /// never told that it has left, and its shutdown runs into the limits of its phases (2026-11: 5 to 10 s more, and warnings).
    /// </summary>
    public static async Task WaitUntilSettledAsync(this WebApplication app)
    {
        var (system, time) = (app.Services.GetRequiredService<ActorSystem>(), app.Services.GetRequiredService<TimeProvider>());
        var start = time.GetTimestamp();
        while (!await IsSettledAsync(system) && time.GetElapsedTime(start) < LongestJoin)
            await Task.Delay(Pause, time);
    }

    /// <summary>
    /// What the process ends with: 0 when it was asked to stop, <see cref="DownedExitCode"/> when the node was downed, so that a supervisor starts it again.
    /// </summary>
    public static int ExitCode(this WebApplication app) =>
        CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).ShutdownReason is CoordinatedShutdown.ClusterDowningReason ? DownedExitCode : Environment.ExitCode;

    private static ActorSystem System(WebApplication app, ClusterSettings cluster)
    {
        try
        {
            return app.Services.GetRequiredService<ActorSystem>();
        }
        catch (Exception e)
        {
            throw new StartException(
                $"This node cannot listen for others on {cluster.Hostname}:{cluster.Port} (Scheduler:Cluster:Hostname and :Port): {e.GetBaseException().Message}", e);
        }
    }

    private static async Task<bool> IsSettledAsync(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        if (cluster.IsTerminated)
            return true;
        if (cluster.SelfMember.Status is not MemberStatus.Up)
            return false;
        try
        {
            var sharding = ClusterSharding.Get(system);
            foreach (var type in sharding.ShardTypeNames)
            {
                var known = await sharding.ShardRegion(type).Ask<CurrentRegions>(GetCurrentRegions.Instance, LongestJoin);
                if (!known.Regions.Contains(cluster.SelfAddress))
                    return false;
            }

            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }
}
