using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scheduler.Host.Api;

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
        builder.Services.Configure<KestrelServerOptions>(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MinResponseDataRate = new MinDataRate(SlowReaders.LeastBytesPerSecond, SlowReaders.GracePeriod);
        });
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
}
