using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Scheduler.Host.Configuration;
using Xunit;

namespace Scheduler.Tests.Configuration;

public sealed class ListeningSpecs
{
    private static readonly ClusterSettings AnyPort = new("127.0.0.1", Port: 0, SeedNodes: [], Roles: ["api"]);

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    [InlineData("http://127.0.0.1:0;http://127.0.0.1:{0}")]
    public void A_port_in_use_is_named_before_anything_starts(string urls)
    {
        using var taken = Take(out var port);

        var refused = Assert.Throws<StartException>(() => Require(string.Format(null, urls, port), AnyPort));
        Assert.Contains($":{port}: the port is in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_the_cluster_s_port()
    {
        using var taken = Take(out var port);

        var refused = Assert.Throws<StartException>(() => Require("http://127.0.0.1:0", AnyPort with { Port = port }));
        Assert.Contains("Scheduler:Cluster:Port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_address_is_refused() => Assert.Contains("'bogus'", Assert.Throws<StartException>(() => Require("bogus", AnyPort)).Message, StringComparison.Ordinal);

    [Fact]
    public void Free_ports_are_fine_and_are_left_free()
    {
        int port;
        using (Take(out port))
        {
            // Only to learn a port that was free a moment ago.
        }

        Require($"http://127.0.0.1:{port}", AnyPort);
        Require($"http://127.0.0.1:{port}", AnyPort);
    }

    private static void Require(string urls, ClusterSettings cluster) => Listening.RequireFreePorts(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("urls", urls)]).Build(), cluster);

    private static TcpListener Take(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
