using Akka.Actor;
using Akka.Cluster;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>This node's actor system, as the process sees it.</summary>
internal static class Node
{
    /// <summary>
    /// Opens all that the node's start rests on, so that what is wrong is told in a sentence: within the hosted service that starts the
    /// actor system it would be a stack trace.
    /// </summary>
    /// <exception cref="StartException">Something cannot be opened.</exception>
    public static Task OpenNodeAsync(this WebApplication app, SchedulerSettings settings, INodeStorage storage) =>
        storage.OpenAsync(app.Services, System(app, settings.Cluster));

    /// <summary>The node's address in the cluster.</summary>
    public static string NodeAddress(this WebApplication app) =>
        Cluster.Get(app.Services.GetRequiredService<ActorSystem>()).SelfAddress is { Host: { } host, Port: { } port } ? $"{host}:{port}" : "";

    /// <summary>
    /// What the process ends with: 0 when it was asked to stop, 1 when the node was downed, so that a supervisor starts it again.
    /// </summary>
    public static int ExitCode(this WebApplication app) =>
        CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).ShutdownReason is CoordinatedShutdown.ClusterDowningReason ? 1 : Environment.ExitCode;

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
}
