namespace Scheduler.Host.Api.Contracts;

/// <summary>The cluster, as the node that answers sees it.</summary>
internal sealed record ClusterAnswer
{
    public required string Self { get; init; }

    public required string Version { get; init; }

    public required string TimeZoneData { get; init; }

    public required IReadOnlyList<MemberAnswer> Members { get; init; }

    /// <summary>Null on a node that runs no jobs.</summary>
    public required ReplanningAnswer? Replanning { get; init; }
}

/// <summary>A node of the cluster.</summary>
internal sealed record MemberAnswer(string Address, string Status, IReadOnlyList<string> Roles);

/// <summary>How far a node is with planning jobs by the time-zone data in use.</summary>
internal sealed record ReplanningAnswer(long LookedAt, long PlannedAnew, long Failed, bool IsDone);
