namespace Scheduler.Actors.Execution.Limits;

/// <summary>What a limit counts.</summary>
public enum LimitOn
{
    /// <summary>All runs of a node: its permits.</summary>
    Node,

    /// <summary>The runs of one kind of target: <c>http</c>, <c>amqp</c> or <c>handler</c>.</summary>
    Kind,

    /// <summary>The runs of one target.</summary>
    Target,

    /// <summary>The runs of one target, against what is left of the node's permits.</summary>
    TargetShare,

    /// <summary>The runs with one concurrency key.</summary>
    Key,

    /// <summary>The runs with one concurrency key, against what is left of the node's permits.</summary>
    KeyShare,

    /// <summary>The starts of one target in a time.</summary>
    Rate,
}

/// <summary>A limit that a run may have to wait for.</summary>
/// <param name="On">What it counts.</param>
/// <param name="Name">Of which kind, target or concurrency key; empty for the node.</param>
public readonly record struct RunLimit(LimitOn On, string Name)
{
    /// <summary>The permits of the node.</summary>
    public static RunLimit Node { get; } = new(LimitOn.Node, "");

    /// <summary>As people are told of it: <c>node</c>, <c>http</c>, <c>https://example.org:443</c>, <c>handler:NAME</c>, <c>amqp:CONNECTION</c>, <c>key:CONCURRENCY_KEY</c>.</summary>
    public override string ToString() => On switch
    {
        LimitOn.Node => "node",
        LimitOn.Kind or LimitOn.Target or LimitOn.TargetShare or LimitOn.Rate => Name,
        LimitOn.Key or LimitOn.KeyShare => "key:" + Name,
        _ => throw new InvalidOperationException($"No name for {On}."),
    };
}
