using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>What a ledger tells a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Ledger">Which ledger says so.</param>
/// <param name="Number">Which of its grants to this node it is, from 1; 0 when there was none.</param>
/// <param name="Places">How many places that grant gives; 0 when the node has said that it has seen it.</param>
/// <param name="At">When the node asked, by its own clock: what it holds is its own until a lease after that.</param>
internal sealed record LimitShare(WorkerNode Node, string Ledger, long Number, int Places, DateTimeOffset At);
