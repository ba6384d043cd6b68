using System.Globalization;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>What a node opens to others, as the operating system sees it.</summary>
public sealed class ListeningSocketSpecs
{
    private const string Listening = "0A";

    [SkippableFact]
    public async Task A_node_that_is_alone_listens_for_its_api_and_nothing_else()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Sockets are read from /proc.");
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(folder.Path);

        Assert.Equal([host.Address.Port], Ports(host.Id));
    }

    /// <summary>The ports of TCP that a process listens on.</summary>
    private static IReadOnlyList<int> Ports(int processId)
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
            .Select(static entry => new FileInfo(entry).LinkTarget)
            .OfType<string>()
            .Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(static target => target["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        // The fields of a line: number, local address and port, remote ones, state, …; the tenth is the socket's inode.
        return
        [
            .. ((string[])["tcp", "tcp6"])
                .SelectMany(family => File.ReadLines($"/proc/{processId}/net/{family}").Skip(1))
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[3] == Listening && own.Contains(fields[9]))
                .Select(static fields => int.Parse(fields[1].AsSpan(fields[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                .Order(),
        ];
    }
}
