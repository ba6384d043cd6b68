namespace Scheduler.Actors.Membership;

/// <summary>What a node that is no member yet does next.</summary>
public abstract record JoinDecision
{
    private JoinDecision()
    {
    }

    /// <summary>Joins a cluster.</summary>
    /// <param name="Members">The addresses of its members, in order.</param>
    internal sealed record Join(IReadOnlyList<string> Members) : JoinDecision;

    /// <summary>Begins a cluster, if nobody else has the right to.</summary>
    internal sealed record Begin : JoinDecision;

    /// <summary>Waits.</summary>
    /// <param name="Because">A clause, for people.</param>
    internal sealed record Wait(string Because) : JoinDecision;

    /// <summary>
    /// Decides. There is never a second cluster beside a living one: a member says so every few seconds, and when none did for twice the time that its word
    /// is good for, while the registry answered, none lives. Where the registry knows of no member at all, nobody need be waited for.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="self">This node's address: an entry of a process before it is dead, since its port is ours.</param>
    /// <param name="quietSince">Since when, by the registry's clock, each look found the registry there and no living member in it; null when this is the first.</param>
    public static JoinDecision Of(RegistryNow registry, string self, DateTimeOffset? quietSince)
    {
        var members = registry.Nodes.Where(node => node.State is NodeState.Up && node.Address != self).OrderBy(node => node.Address, StringComparer.Ordinal).ToList();
        var living = members.Where(node => IsLiving(node, registry.Now)).Select(node => node.Address).ToList();
        if (living.Count > 0)
            return new Join(living);
        var patience = INodeRegistry.Expiry * 2;
        if (members.Count == 0 || registry.Now - quietSince >= patience)
            return new Begin();
        return new Wait(
            $"{string.Join(", ", members.Select(node => node.Address))} was a member and has not been heard of since {members.Max(node => node.At):O}: a cluster is begun when it stays silent for {patience.TotalSeconds:0} s");
    }

    /// <summary>Whether a node's word is still good.</summary>
    public static bool IsLiving(RegisteredNode node, DateTimeOffset now) => now - node.At < INodeRegistry.Expiry;
}
