namespace Scheduler.Actors.Membership;

/// <summary>How far a node is.</summary>
public enum NodeState
{
    /// <summary>It can host jobs, and is no member of a cluster yet.</summary>
    Joining,

    /// <summary>It is a member.</summary>
    Up,
}

/// <summary>A node as the registry has it.</summary>
/// <param name="Address">Its remoting address, <c>host:port</c>: one entry each.</param>
/// <param name="Uid">Tells one process at an address from the next.</param>
/// <param name="State">How far it is.</param>
/// <param name="At">When it last said so, by the registry's clock.</param>
public sealed record RegisteredNode(string Address, long Uid, NodeState State, DateTimeOffset At);

/// <summary>The registry at one moment.</summary>
/// <param name="Now">The registry's clock.</param>
/// <param name="Nodes">All entries, also those of nodes that are gone without a word.</param>
public sealed record RegistryNow(DateTimeOffset Now, IReadOnlyList<RegisteredNode> Nodes);

/// <summary>
/// Where nodes that know no others find them: a few documents that all share. Its clock is the only one that counts, so nodes' clocks may differ.
/// </summary>
public interface INodeRegistry
{
    /// <summary>How long an entry is good for.</summary>
    static readonly TimeSpan Expiry = TimeSpan.FromSeconds(15);

    /// <summary>Writes this node's entry anew, and reads all.</summary>
    /// <param name="address">This node's.</param>
    /// <param name="uid">This process's.</param>
    /// <param name="state">How far it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RegistryUnavailableException">It cannot be reached.</exception>
    Task<RegistryNow> BeatAsync(string address, long uid, NodeState state, CancellationToken cancellationToken);

    /// <summary>Takes, or keeps, the right to begin a cluster: nobody else gets it within <see cref="Expiry"/>.</summary>
    /// <param name="address">This node's.</param>
    /// <param name="uid">This process's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is this node's.</returns>
    /// <exception cref="RegistryUnavailableException">It cannot be reached.</exception>
    Task<bool> TryTakeBeginningAsync(string address, long uid, CancellationToken cancellationToken);

    /// <summary>Removes this node's entry: it leaves, and nobody is to wait for it.</summary>
    /// <param name="address">This node's.</param>
    /// <param name="uid">This process's; the entry of a later one stays.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RegistryUnavailableException">It cannot be reached.</exception>
    Task LeaveAsync(string address, long uid, CancellationToken cancellationToken);
}

/// <summary>The registry cannot be reached.</summary>
public sealed class RegistryUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
