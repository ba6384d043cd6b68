namespace Scheduler.Actors.Execution.Http;

/// <summary>How webhooks are called on a node: <c>Scheduler:Http</c> and <c>Scheduler:Secrets</c>.</summary>
public sealed record HttpTargetOptions
{
    /// <summary>How many redirects of one request are followed.</summary>
    public const int MostRedirects = 5;

    /// <summary>Which addresses may be reached.</summary>
    public AddressRules Addresses { get; init; } = AddressRules.WithLoopback;

    /// <summary>What <see cref="Addresses"/> was read from.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [AddressRules.LoopbackName];

    /// <summary>How many connections there are at once to one origin (scheme, host and port). At least 1; more requests wait for one, within their time-out.</summary>
    public int MaxConnectionsPerServer { get; init; } = 64;

    /// <summary>What signs webhooks.</summary>
    public WebhookSecrets Secrets { get; init; } = WebhookSecrets.None;

    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the kept part of a body may take after its headers: the status has decided by then.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
