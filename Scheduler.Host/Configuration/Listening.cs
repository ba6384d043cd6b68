using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scheduler.Host.Configuration;

/// <summary>Where the API listens.</summary>
internal static class Listening
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Whatever names an address, from the usual places; only without any of it does the default hold.</summary>
    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    /// <summary>Listens where configuration says, or else on the default address.</summary>
    public static void UseSchedulerKestrel(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (AddressKeys.All(k => string.IsNullOrEmpty(configuration[k])) && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            builder.Configuration["urls"] = DefaultUrl;
        builder.Services.Configure<KestrelServerOptions>(o => o.AddServerHeader = false);
    }

    /// <summary>
    /// Looks whether the ports are free that this node will listen on. Kestrel would find out only after the node has joined its cluster
    /// and taken jobs over.
    /// </summary>
    /// <exception cref="StartException">One is not.</exception>
    public static void RequireFreePorts(IConfiguration configuration, ClusterSettings cluster)
    {
        foreach (var url in (configuration["urls"] ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var address = BindingAddress.Parse(url);
                RequireFree(address.Host, address.Port, $"Cannot listen on {url}: the port is in use. Choose another, for example with --urls http://127.0.0.1:5081.");
            }
            catch (FormatException e)
            {
                throw new StartException($"Cannot listen on '{url}': it is not an address. Write it like http://127.0.0.1:5080.", e);
            }
        }

        RequireFree(
            cluster.Hostname,
            cluster.Port,
            $"This node cannot listen for others on {cluster.Hostname}:{cluster.Port}: the port is in use. Set Scheduler:Cluster:Port to another, or to 0 for any free one.");
    }

    /// <summary>Starts the application.</summary>
    /// <exception cref="StartException">It cannot listen where it should.</exception>
    public static async Task StartListeningAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.StopAsync();
            throw new StartException($"Cannot listen on {Addresses(app)}: the port is in use. Choose another, for example with --urls http://127.0.0.1:5081.", e);
        }
        catch (Exception e) when (e is IOException or SocketException or FormatException or InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" })
        {
            await app.StopAsync();
            throw new StartException($"Cannot listen on {Addresses(app)}: {e.Message}", e);
        }
    }

    /// <summary>The addresses that the API listens on, once it does; before, those that it should.</summary>
    public static string Addresses(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>() is { Addresses.Count: > 0 } feature
            ? string.Join(", ", feature.Addresses)
            : app.Configuration["urls"] ?? DefaultUrl;

    private static void RequireFree(string host, int port, string otherwise)
    {
        // Names may stand for several addresses, not all of them this machine's: those are left to whoever binds them.
        var address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? ip : null;
        if (port == 0 || address is null)
            return;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new StartException(otherwise, e);
        }
        catch (SocketException)
        {
            // Another reason is told by whoever binds it.
        }
    }
}
