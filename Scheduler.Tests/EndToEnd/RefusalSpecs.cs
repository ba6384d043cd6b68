using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>Starts that must not succeed, and say why on the screen.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class RefusalSpecs
{
    [Fact]
    public async Task A_second_process_on_the_same_data_folder_is_refused_with_a_clear_sentence_and_the_first_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using var first = await HostProcess.StartAsync(folder.Path);

        await using (var second = HostProcess.Launch(folder.Path))
        {
            Assert.NotEqual(0, await second.WaitForExitAsync());
            Assert.Contains(
                second.Output.Split('\n'),
                line => line.Contains(folder.Path, StringComparison.Ordinal) && line.Contains("process", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
        }

        using var client = new SchedulerClient(first.Address);
        var id = await client.CreateAsync(JobRequests.Default("unharmed", TimeProvider.System.GetUtcNow()));
        await client.WaitUntilCompletedAsync([id]);
    }

    [Fact]
    public async Task A_data_folder_whose_process_was_killed_is_free_again()
    {
        using var folder = new TemporaryFolder();
        await using (var killed = await HostProcess.StartAsync(folder.Path))
            await killed.KillAsync();

        await using var next = await HostProcess.StartAsync(folder.Path);
        using var client = new SchedulerClient(next.Address);
        Assert.Empty(await client.JobsAsync());
    }

    [Theory]
    [InlineData("Scheduler:Execution:MaxConcurrentRuns", "0")]
    [InlineData("Scheduler:Execution:MaxConcurrentRuns", "many")]
    [InlineData("Scheduler:Storage", "Floppy")]
    [InlineData("Scheduler:Timing:LookAhead", "soon")]
    public async Task A_wrong_option_names_itself_and_stops_the_start(string key, string value)
    {
        using var folder = new TemporaryFolder();
        await using var host = HostProcess.Launch(folder.Path, $"--{key}={value}");
        var exitCode = await host.WaitForExitAsync();
        Assert.True(exitCode != 0, host.Output);
        Assert.Contains(key, host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }
}
