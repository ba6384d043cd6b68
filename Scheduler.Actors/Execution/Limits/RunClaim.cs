using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Limits;

/// <summary>What a job that asks for a permit wants to run, as far as limits and the order of the queue go.</summary>
/// <param name="Priority">Higher ones come first.</param>
/// <param name="DueAt">Then what is due first.</param>
/// <param name="Target">Which target; see <see cref="Of"/>.</param>
/// <param name="ConcurrencyKey">The job's key; null for none.</param>
/// <param name="Share">Whose turn it is: within a priority, shares take turns.</param>
public sealed record RunClaim(int Priority, DateTimeOffset DueAt, string Target, string? ConcurrencyKey, string Share)
{
    /// <summary>The handler that it needs; null for none.</summary>
    public HandlerTarget? Handler { get; init; }

    /// <summary>
    /// Whether it takes the place of attempts of the same job that run on this node: it is granted at once, whatever the limits say, and they
    /// are stopped.
    /// </summary>
    public bool Replaces { get; init; }

    /// <summary>The kind of its target, of which each leaves some permits to the others.</summary>
    public string Kind => KindOf(Target);

    /// <summary>What names of handlers begin with.</summary>
    public const string HandlerPrefix = "handler:";

    /// <summary>What names of AMQP connections begin with.</summary>
    public const string AmqpPrefix = "amqp:";

    /// <summary>The claim of a job.</summary>
    /// <param name="definition">The job.</param>
    /// <param name="dueAt">When what it wants to run is due.</param>
    /// <remarks>
    /// A webhook's target is the origin of its address (<c>https://example.org:443</c>), a handler's <c>handler:NAME</c>, a message's
    /// <c>amqp:CONNECTION</c>. A job's share is
    /// its concurrency key, or else its first tag; those with neither are one share.
    /// </remarks>
    public static RunClaim Of(JobDefinition definition, DateTimeOffset dueAt)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var share = definition.ConcurrencyKey is { } key ? "key:" + key : definition.Tags.Count > 0 ? "tag:" + definition.Tags[0] : "";
        return new RunClaim(definition.Priority, dueAt, TargetOf(definition.Target), definition.ConcurrencyKey, share)
        {
            Handler = definition.Target as HandlerTarget,
        };
    }

    /// <summary>The kind of a target: <c>handler</c>, <c>amqp</c> or <c>http</c>.</summary>
    public static string KindOf(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.StartsWith(HandlerPrefix, StringComparison.Ordinal) ? "handler" : target.StartsWith(AmqpPrefix, StringComparison.Ordinal) ? "amqp" : "http";
    }

    /// <summary>The target of webhooks to an address.</summary>
    public static string OriginOf(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return $"{url.Scheme}://{url.IdnHost}:{url.Port}";
    }

    private static string TargetOf(Target target) => target switch
    {
        HttpTarget http => Uri.TryCreate(http.Url, UriKind.Absolute, out var url) ? OriginOf(url) : http.Url,
        HandlerTarget handler => HandlerPrefix + handler.Name,
        AmqpTarget amqp => AmqpPrefix + amqp.Connection,
        _ => throw new InvalidOperationException($"No limits for {target.GetType().Name}."),
    };
}
