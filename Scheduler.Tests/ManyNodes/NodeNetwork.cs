using System.Diagnostics;
using Xunit;

namespace Scheduler.Tests.ManyNodes;

/// <summary>
/// A network of its own for each node (Linux network namespaces, joined by a bridge), so that a node can be cut off from others and not from its database. Made
/// and removed by <c>ip</c>, which takes root: without, the specs are skipped.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    private readonly string _name = $"s{Environment.ProcessId % 100_000}";
    private readonly int _subnet = (Environment.ProcessId % 250) + 1;
    private readonly int _nodes;

    private NodeNetwork(int nodes) => _nodes = nodes;

    /// <summary>Where all nodes find the database, and what they call.</summary>
    public string Outside => $"10.99.{_subnet}.254";

    /// <summary>The addresses of the nodes.</summary>
    public string Everybody => $"10.99.{_subnet}.0/24";

    /// <summary>Makes the networks.</summary>
    public static async Task<NodeNetwork> MakeAsync(int nodes)
    {
        var network = new NodeNetwork(nodes);
        try
        {
            await IpAsync("link", "add", network._name, "type", "bridge");
        }
        catch (Exception e)
        {
            Skip.If(true, $"No network namespaces here: {e.Message}");
        }

        try
        {
            await IpAsync("addr", "add", $"{network.Outside}/24", "dev", network._name);
            await IpAsync("link", "set", network._name, "up");
            for (var node = 1; node <= nodes; node++)
            {
                var space = network.Space(node);
                await IpAsync("netns", "add", space);
                await IpAsync("link", "add", $"{network._name}v{node}", "type", "veth", "peer", "name", "e0", "netns", space);
                await IpAsync("link", "set", $"{network._name}v{node}", "master", network._name, "up");
                await IpAsync("-n", space, "addr", "add", $"{network.Address(node)}/24", "dev", "e0");
                await IpAsync("-n", space, "link", "set", "e0", "up");
                await IpAsync("-n", space, "link", "set", "lo", "up");
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address of a node, from 1.</summary>
    public string Address(int node) => $"10.99.{_subnet}.{node}";

    /// <summary>The namespace of a node.</summary>
    public string Space(int node) => $"{_name}n{node}";

    /// <summary>Cuts a node off from the others; it still reaches the database.</summary>
    public Task CutAsync(int node) => RoutesAsync(node, "add");

    /// <summary>Joins it again.</summary>
    public Task HealAsync(int node) => RoutesAsync(node, "del");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var node = 1; node <= _nodes; node++)
            await TryAsync("netns", "del", Space(node));
        await TryAsync("link", "del", _name);
    }

    private async Task RoutesAsync(int node, string what)
    {
        for (var other = 1; other <= _nodes; other++)
        {
            if (other != node)
                await IpAsync("-n", Space(node), "route", what, "blackhole", Address(other));
        }
    }

    private static async Task TryAsync(params string[] arguments)
    {
        try
        {
            await IpAsync(arguments);
        }
        catch (InvalidOperationException)
        {
            // It was never made.
        }
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors.Trim()}");
    }
}
