using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Placement;

/// <summary>The nodes of the cluster that are about to leave: nothing is placed on them, and what they have moves. Safe for any number of threads.</summary>
public sealed class DrainingNodes
{
    private readonly ConcurrentDictionary<WorkerNode, bool> _nodes = [];

    /// <summary>Whether that one is.</summary>
    public bool Contains(WorkerNode node) => _nodes.ContainsKey(node);

    internal void Add(WorkerNode node) => _nodes[node] = true;

    internal void Remove(WorkerNode node) => _nodes.TryRemove(node, out _);
}
