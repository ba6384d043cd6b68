namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// The node that runs an attempt, named so that a restart on the same address is another node: whoever recovers the job asks this one
/// what became of the attempt.
/// </summary>
/// <param name="Address">The node's remoting address, <c>akka.tcp://system@host:port</c>.</param>
/// <param name="Uid">The incarnation of the node's actor system.</param>
public sealed record WorkerNode(string Address, long Uid)
{
    /// <inheritdoc />
    public override string ToString() => $"{Address}#{Uid}";
}
