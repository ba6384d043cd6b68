using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>A message about one limit over all nodes, found by the limit's name.</summary>
public interface ILimitMessage
{
    /// <summary>Which: <c>key:CONCURRENCY_KEY</c>, <c>target:TARGET</c> or <c>rate:TARGET</c>.</summary>
    string Limit { get; }
}

/// <summary>A node says how much of a limit it holds and wants: all of it, each time. Crosses nodes.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Node">The node.</param>
public sealed record LimitNeed(string Limit, WorkerNode Node) : ILimitMessage
{
    /// <summary>Places that are in use, or were granted and are not used yet.</summary>
    public int Held { get; init; }

    /// <summary>How many more it could use at once.</summary>
    public int Waiting { get; init; }

    /// <summary>Which ledger of the limit it has heard last; empty for none.</summary>
    public string Ledger { get; init; } = "";

    /// <summary>The number of that ledger's last grant that it has seen; 0 for none.</summary>
    public long Seen { get; init; }

    /// <summary>When it says so, by its own clock.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>What a limit grants a node, or that it has heard it. Crosses nodes.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Ledger">Which ledger of it.</param>
public sealed record LimitGranted(string Limit, string Ledger) : ILimitMessage
{
    /// <summary>Which of its grants to that node it is; 0 when there was none.</summary>
    public long Number { get; init; }

    /// <summary>How many places that grant gives; none for a node that has seen it already.</summary>
    public int Places { get; init; }

    /// <summary>When the node asked, by the node's clock: what it holds is its own until a lease after that.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>A limit that has begun on some node asks the others what they hold of it; answered with <see cref="LimitNeed"/>. Crosses nodes.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Ledger">The ledger that is new.</param>
public sealed record AskLimitNeed(string Limit, string Ledger) : ILimitMessage;
