using System.Globalization;

namespace Scheduler.Host.Configuration;

/// <summary>Reads how a node finds the others: <c>Cluster:…</c>.</summary>
internal static class ClusterSettingsReader
{
    private const string DefaultHostname = "127.0.0.1";
    private const int MaxPort = 65_535;

    private static readonly string[] AllRoles = [ClusterSettings.ApiRole, ClusterSettings.JobsRole];

    /// <summary>The settings.</summary>
    public static ClusterSettings Read(SettingsReader reader) => new(
        Hostname(reader),
        reader.Number("Cluster:Port", 0, MaxPort, otherwise: 0),
        SeedNodes(reader),
        Roles(reader))
    {
        ShutdownDelay = reader.Duration("Cluster:ShutdownDelay", TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
    };

    private static string Hostname(SettingsReader reader)
    {
        var host = reader.Text("Cluster:Hostname", DefaultHostname);
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            reader.Refuse("Cluster:Hostname", host, "a host name or an IP address, without a port");
        return host;
    }

    private static List<SeedNode> SeedNodes(SettingsReader reader)
    {
        var nodes = new List<SeedNode>();
        foreach (var text in reader.List("Cluster:SeedNodes", []))
        {
            var colon = text.LastIndexOf(':');
            if (colon > 0 && Uri.CheckHostName(text[..colon]) is not UriHostNameType.Unknown
                && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= MaxPort)
            {
                nodes.Add(new SeedNode(text[..colon], port));
            }
            else
            {
                reader.Refuse("Cluster:SeedNodes", text, "host:port,host:port");
            }
        }

        return nodes;
    }

    private static IReadOnlyList<string> Roles(SettingsReader reader)
    {
        var roles = reader.List("Cluster:Roles", AllRoles);
        foreach (var role in roles.Except(AllRoles, StringComparer.Ordinal))
            reader.Refuse("Cluster:Roles", role, $"some of: {string.Join(",", AllRoles)}");
        return [.. roles.Distinct(StringComparer.Ordinal)];
    }
}
