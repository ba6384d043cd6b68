using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;

namespace Scheduler.Host.Configuration.Membership;

/// <summary>
/// What a node that is alone with its storage has in place of a network: its cluster has an address, as clusters must, and nobody can be reached at it, nor reaches anybody. A port of
/// Akka's has no password, and one message from any process of the machine could stop all jobs (2026-11).
/// </summary>
/// <param name="system">The node's actor system.</param>
/// <param name="config">Its <see cref="Hostname"/> and <see cref="Port"/>, which nothing listens on.</param>
public sealed class AloneTransport(ActorSystem system, Config config) : Transport
{
    /// <summary>The end of such an address's scheme: <c>akka.alone://scheduler@127.0.0.1:0</c>.</summary>
    public const string Scheme = "alone";

    private const string Hostname = "hostname";
    private const string Port = "port";

    /// <inheritdoc />
    public override string SchemeIdentifier { get; protected set; } = Scheme;

    /// <inheritdoc />
    public override long MaximumPayloadBytes => 128 * 1024;

    /// <summary>Makes it the only transport of an actor system.</summary>
    /// <param name="cluster">What the node is called.</param>
    internal static Config For(ClusterSettings cluster) => ConfigurationFactory.ParseString($$"""
        akka.remote {
          enabled-transports = ["akka.remote.{{Scheme}}"]
          {{Scheme}} {
            transport-class = "{{typeof(AloneTransport).FullName}}, {{typeof(AloneTransport).Assembly.GetName().Name}}"
            applied-adapters = []
            {{Hostname}} = "{{cluster.Hostname}}"
            {{Port}} = {{cluster.Port}}
          }
        }
        """);

    /// <inheritdoc />
    public override bool IsResponsibleFor(Address remote) => true;

    /// <inheritdoc />
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => Task.FromResult(
        (new Address(Scheme, system.Name, config.GetString(Hostname), config.GetInt(Port)), new TaskCompletionSource<IAssociationEventListener>()));

    /// <inheritdoc />
    public override Task<AssociationHandle> Associate(Address remoteAddress) =>
        Task.FromException<AssociationHandle>(new InvalidAssociationException($"This node is alone: there is no way to {remoteAddress}."));

    /// <inheritdoc />
    public override Task<bool> Shutdown() => Task.FromResult(true);
}
