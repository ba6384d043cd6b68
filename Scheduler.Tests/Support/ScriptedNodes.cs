using System.Collections.Concurrent;
using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;

namespace Scheduler.Tests.Support;

/// <summary>The nodes that are members, as a spec says.</summary>
public sealed class Membership
{
    private readonly ConcurrentDictionary<WorkerNode, ICanTell> _members = new();

    /// <summary>The node is a member, and asked after its attempts there.</summary>
    public void Join(WorkerNode node, ICanTell runs) => _members[node] = runs;

    /// <summary>The node is no member any more.</summary>
    public void Leave(WorkerNode node) => _members.TryRemove(node, out _);

    /// <summary>Whether the node stays, or another one could host its jobs.</summary>
    public bool HasSuccessor { get; set; } = true;

    internal ICanTell? Find(WorkerNode node) => _members.GetValueOrDefault(node);
}

/// <summary>The members, as one of them sees them.</summary>
public sealed class ScriptedNodes(WorkerNode self, Membership membership) : IWorkerNodes
{
    /// <inheritdoc />
    public WorkerNode Self => self;

    /// <inheritdoc />
    public ICanTell? FindRuns(WorkerNode node) => membership.Find(node);

    /// <inheritdoc />
    public bool HasSuccessor => membership.HasSuccessor;
}
