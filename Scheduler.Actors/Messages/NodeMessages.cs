using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>A node is about to leave: what it has is to be placed elsewhere. Repeated until it is gone. Crosses nodes.</summary>
/// <param name="Node">Which.</param>
public sealed record NodeDraining(WorkerNode Node);
