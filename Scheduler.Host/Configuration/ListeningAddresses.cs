using System.Net;
using System.Net.Sockets;

namespace Scheduler.Host.Configuration;

/// <summary>
/// Looks whether this node can listen where it should before anything is started. The web server would find out only after the node has
/// joined its cluster and taken jobs over, and says most of it in a stack trace.
/// </summary>
internal static class ListeningAddresses
{
    private const string Example = "http://127.0.0.1:5080";
    private const string Other = "Choose another, for example with --urls http://127.0.0.1:5081.";
    private const string Certificate =
        "there is no certificate. Set Kestrel:Certificates:Default:Path (with :KeyPath, or :Password), or listen on http and let a proxy in front speak https.";

    /// <summary>Looks at the API's addresses and at the one for other nodes.</summary>
    /// <exception cref="StartException">One cannot be listened on; the message says which, and why.</exception>
    public static async Task RequireAsync(IConfiguration configuration, ClusterSettings cluster, CancellationToken cancellationToken)
    {
        var urls = Urls(configuration);
        List<string> endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>()];
        foreach (var url in (List<string>)[.. urls, .. endpoints])
            Require(url);
        var node = $"{cluster.Hostname}:{cluster.Port}";
        RequireFree(
            cluster.Hostname,
            cluster.Port,
            $"This node cannot listen for others on {node}",
            inUse: "Set Scheduler:Cluster:Port to another, or to 0 for any free one.",
            notOurs: "Set Scheduler:Cluster:Hostname to an address of this machine.");
        if (urls.Exists(IsHttps) || configuration.GetSection("Kestrel").GetChildren().Any())
            await TryAsync(configuration, string.Join(", ", [.. urls, .. endpoints]), cancellationToken);
    }

    /// <summary>The addresses as the web server reads them: ports are a short form, for any address of the machine.</summary>
    private static List<string> Urls(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]);
        return urls.Count > 0
            ? urls
            : [.. Split(configuration["http_ports"]).Select(p => $"http://*:{p}"), .. Split(configuration["https_ports"]).Select(p => $"https://*:{p}")];
    }

    private static List<string> Split(string? text) => [.. (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static bool IsHttps(string url) => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static void Require(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new StartException($"Cannot listen on '{url}': it is not an address. Write it like {Example}.", e);
        }

        if (address.Scheme is not ("http" or "https"))
            throw new StartException($"Cannot listen on '{url}': it begins with neither http:// nor https://. Write it like {Example}.");
        if (address.PathBase.Length > 0)
            throw new StartException($"Cannot listen on '{url}': an address ends with its port; the API has no path before its own. Leave '{address.PathBase}' away.");
        if (address.IsUnixPipe || address.IsNamedPipe)
            return;
        if (address.Port is < 0 or > IPEndPoint.MaxPort)
            throw new StartException($"Cannot listen on '{url}': a port is a number from 0 to {IPEndPoint.MaxPort}.");
        // The web server takes any other name for "every address of this machine" (2026-11-30: a mistyped localhost was open to the network).
        if (address.Host is not ("localhost" or "*" or "+") && !IPAddress.TryParse(address.Host.Trim('[', ']'), out _))
            throw new StartException($"Cannot listen on '{url}': '{address.Host}' is no address. Write localhost, or an address of this machine, like {Example}, or http://0.0.0.0:5080 for all of them.");
        RequireFree(
            address.Host,
            address.Port,
            $"Cannot listen on {url}",
            inUse: Other,
            notOurs: $"Choose one, for example with --urls {Example}, or http://0.0.0.0:5080 for all of them.");
    }

    private static void RequireFree(string host, int port, string cannot, string inUse, string notOurs)
    {
        // Names may stand for several addresses, not all of them this machine's: those are left to whoever binds them.
        var address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? ip : null;
        if (address is null)
            return;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new StartException($"{cannot}: the port is in use. {inUse}", e),
                SocketError.AddressNotAvailable => new StartException($"{cannot}: that is no address of this machine. {notOurs}", e),
                SocketError.AccessDenied => new StartException($"{cannot}: this user may not use that port. {inUse}", e),
                _ => new StartException($"{cannot}: {e.Message}", e),
            };
        }
    }

    /// <summary>What certificates and endpoints with settings of their own come to only the web server knows: it listens for a moment.</summary>
    private static async Task TryAsync(IConfiguration configuration, string urls, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseKestrel(o => o.Configure(configuration.GetSection("Kestrel")));
        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        try
        {
            await app.StartAsync(cancellationToken);
            await app.StopAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, it is about these addresses: nothing else was started.
            var isCertificate = e is InvalidOperationException && e.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase);
            throw new StartException($"Cannot listen on {urls}: {(isCertificate ? Certificate : e.GetBaseException().Message)}", e);
        }
    }
}
