using System.Net;
using System.Net.Sockets;

namespace Scheduler.Actors.Execution.Http;

/// <summary>The addresses of a host name.</summary>
/// <param name="host">A name, never an address.</param>
/// <param name="cancellationToken">Cancels the lookup.</param>
internal delegate Task<IPAddress[]> ResolveName(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections for webhooks. A name is resolved once, its addresses are checked, and exactly those are connected to: a name that
/// answers differently the second time gains nothing.
/// </summary>
internal sealed class CheckedConnect(AddressRules rules, ResolveName resolve)
{
    /// <summary>What <see cref="SocketsHttpHandler.ConnectCallback"/> calls, for redirects as well.</summary>
    /// <exception cref="RefusedAddressException">The name has an address that may not be reached; one is enough.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (Array.Find(addresses, a => !rules.Allows(a)) is { } refused)
            throw new RefusedAddressException(host, refused);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A webhook's host has an address that configuration does not allow.</summary>
internal sealed class RefusedAddressException(string host, IPAddress address) : Exception(
    host == address.ToString()
        ? $"The address {address} is not allowed: it is not public, and Scheduler:Http:AllowedAddresses does not have it."
        : $"The host {host} has the address {address}, which is not allowed: it is not public, and Scheduler:Http:AllowedAddresses does not have it.");
