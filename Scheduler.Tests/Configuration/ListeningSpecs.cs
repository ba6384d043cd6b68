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
    public async Task A_port_in_use_is_named_before_anything_starts(string urls)
    {
        using var taken = Take(out var port);

        var refused = await Assert.ThrowsAsync<StartException>(() => RequireAsync(string.Format(null, urls, port), AnyPort));
        Assert.Contains($":{port}: the port is in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_the_cluster_s_port()
    {
        using var taken = Take(out var port);

        var refused = await Assert.ThrowsAsync<StartException>(() => RequireAsync("http://127.0.0.1:0", AnyPort with { Port = port }));
        Assert.Contains("Scheduler:Cluster:Port", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bogus", "'bogus': it is not an address")]
    [InlineData("ftp://127.0.0.1:5080", "neither http:// nor https://")]
    [InlineData("http://localhost:80000", "a port is a number from 0 to 65535")]
    [InlineData("http://127.0.0.1:5080/base", "Leave '/base' away")]
    [InlineData("http://192.0.2.1:5080", "no address of this machine")]
    [InlineData("http://locahost:0", "'locahost' is no address")]
    [InlineData("http://no.such.host.invalid:0", "is no address")]
    [InlineData("http://127.0.0.1.:0", "is no address")]
    [InlineData("https://127.0.0.1:0", "Kestrel:Certificates:Default:Path")]
    [InlineData("http://127.0.0.1:0;https://127.0.0.1:0", "Kestrel:Certificates:Default:Path")]
    public async Task What_cannot_be_listened_on_is_told_in_a_sentence_before_anything_starts(string urls, string sentence)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => RequireAsync(urls, AnyPort));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("http://192.0.2.1:5080", null, "192.0.2.1")]
    [InlineData("http://locahost:0", null, "'locahost' is no address")]
    [InlineData("http://127.0.0.1:99999", null, "a port is a number from 0 to 65535")]
    [InlineData("https://127.0.0.1:0", null, "Kestrel:Certificates:Default:Path")]
    [InlineData("https://127.0.0.1:0", "/nowhere/certificate.pfx", "/nowhere/certificate.pfx")]
    public async Task So_is_an_endpoint_with_settings_of_its_own(string url, string? certificate, string sentence)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => RequireAsync(
            AnyPort, ("Kestrel:Endpoints:Api:Url", url), ("Kestrel:Endpoints:Api:Certificate:Path", certificate)));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_for_other_nodes_that_is_not_this_machine_s_is_refused()
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => RequireAsync("http://127.0.0.1:0", AnyPort with { Hostname = "192.0.2.1" }));
        Assert.Contains("Scheduler:Cluster:Hostname", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Free_ports_are_fine_and_are_left_free()
    {
        int port;
        using (Take(out port))
        {
            // Only to learn a port that was free a moment ago.
        }

        await RequireAsync($"http://127.0.0.1:{port}", AnyPort);
        await RequireAsync($"http://127.0.0.1:{port}", AnyPort);
    }

    private static Task RequireAsync(string urls, ClusterSettings cluster) => RequireAsync(cluster, ("urls", urls));

    private static Task RequireAsync(ClusterSettings cluster, params (string Key, string? Value)[] settings) => ListeningAddresses.RequireAsync(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Where(s => s.Value is not null).Select(s => KeyValuePair.Create(s.Key, s.Value))).Build(),
        cluster,
        CancellationToken.None);

    private static TcpListener Take(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
