using System.Reflection;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary><c>GET /cluster</c>.</summary>
internal sealed class ClusterEndpoints(IClusterLook cluster)
{
    /// <summary>Akka's words for how a member stands.</summary>
    internal static readonly string[] MemberStates = ["joining", "weaklyup", "up", "leaving", "exiting", "down", "removed"];

    private static readonly string Version =
        typeof(ClusterEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Who is there, and what fire times are computed with here.</summary>
    public Task GetAsync(HttpContext context) =>
        Answer.WriteAsync(context, StatusCodes.Status200OK, ToAnswer(cluster, Version, TimeZones.Data.Version), ApiJson.Answers.ClusterAnswer);

    /// <summary>What a client is told.</summary>
    internal static ClusterAnswer ToAnswer(IClusterLook cluster, string version, string data)
    {
        var now = cluster.Now;
        return new ClusterAnswer
        {
            Self = now.Self,
            Version = version,
            TimeZoneData = data,
            Members = [.. now.Members.Select(m => new MemberAnswer(m.Address, m.Status, m.Roles))],
            Replanning = cluster.Replanning is { } p ? new ReplanningAnswer(p.LookedAt, p.PlannedAnew, p.Failed, p.IsDone) : null,
        };
    }
}
