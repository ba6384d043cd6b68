using System.Net.Sockets;
using Scheduler.Tests.EndToEnd;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Lifetime;

/// <summary>SIGTERM to a real process that is still starting, at moments that are seen from outside.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class SignalDuringStartSpecs
{
    /// <summary>The banner, and what an end after it says.</summary>
    private const int FewLines = 20;

    /// <summary>What a process shows when it has come so far.</summary>
    private static readonly Dictionary<string, Func<HostProcess, TemporaryFolder, Task<bool>>> s_moments = new(StringComparer.Ordinal)
    {
        // Needed for the settings, which are read first of all.
        ["it reads its settings"] = async (host, _) => (await MapsAsync(host)).Contains("/NodaTime.dll", StringComparison.Ordinal),
        ["it has taken its folder"] = (_, folder) => Task.FromResult(File.Exists(folder.File("scheduler.lock"))),
        ["it opens its journal"] = (_, folder) => Task.FromResult(File.Exists(folder.File("journal.db"))),
        ["it listens"] = (host, _) => IsListeningAsync(host.Address),
        ["it says that it runs"] = (host, _) => Task.FromResult(host.Output.Contains("Scheduler is running.", StringComparison.Ordinal)),
    };

    public static TheoryData<string> Moments => [.. OperatingSystem.IsLinux() ? s_moments.Keys : s_moments.Keys.Skip(1)];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_process_that_is_terminated_while_it_starts_ends_with_0_and_says_little(string moment)
    {
        using var folder = new TemporaryFolder();
        await using var host = HostProcess.Launch(folder.Path);
        await Eventually.AnswersAsync(() => s_moments[moment](host, folder), static isReached => isReached, _ => $"{moment}: not seen\n{host.Output}");

        var exitCode = await host.StopAsync();

        Assert.True(exitCode == 0, $"Exit code {exitCode}\n{host.Output}");
        Assert.True(host.Output.Split('\n').Length <= FewLines, host.Output);
        Assert.DoesNotContain("Exception", host.Output, StringComparison.Ordinal);
    }

    private static async Task<string> MapsAsync(HostProcess host)
    {
        try
        {
            return await File.ReadAllTextAsync($"/proc/{host.Id}/maps");
        }
        catch (IOException)
        {
            // It is gone: that it was never seen is what fails.
            return "";
        }
    }

    private static async Task<bool> IsListeningAsync(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
