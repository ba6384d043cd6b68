namespace Scheduler.Host.Api.Ports;

/// <summary>The names of the secrets that webhooks can be signed with, in order, on a node that calls them itself.</summary>
/// <param name="All">The names.</param>
internal sealed record SecretNames(IReadOnlyList<string> All);
