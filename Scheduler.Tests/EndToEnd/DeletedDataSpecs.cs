using System.Net;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>Somebody deletes or replaces the files under a running host, which still has them open: what it writes then is gone with it.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class DeletedDataSpecs
{
    [Theory]
    [InlineData("*")]
    [InlineData("journal.db")]
    [InlineData("journal.db-wal")]
    public async Task Nothing_is_acknowledged_any_more_when_the_journal_s_files_are_deleted(string files)
    {
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(folder.Path);
        using var client = new SchedulerClient(host.Address);
        await client.CreateAsync(JobRequests.Default("before", Tomorrow()));

        foreach (var file in Directory.EnumerateFiles(folder.Path, files).ToList())
            File.Delete(file);

        await RefusesAsync(client, host);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_any_more_when_another_file_takes_the_journal_s_place()
    {
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(folder.Path);
        using var client = new SchedulerClient(host.Address);
        await client.CreateAsync(JobRequests.Default("before", Tomorrow()));

        OpenFile.Copy(folder.File("journal.db"), folder.File("copy"));
        File.Move(folder.File("copy"), folder.File("journal.db"), overwrite: true);

        await RefusesAsync(client, host);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*.lock")]
    public async Task A_second_host_does_not_start_on_a_folder_whose_files_were_deleted_under_the_first(string files)
    {
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(folder.Path);
        foreach (var file in Directory.EnumerateFiles(folder.Path, files).ToList())
            File.Delete(file);

        await using var second = HostProcess.Launch(folder.Path);

        Assert.NotEqual(0, await second.WaitForExitAsync());
        Assert.Contains("in use by another process", second.Output, StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(SchedulerClient client, HostProcess host)
    {
        // At once, not only when somebody has looked: the first answer after the deletion counts.
        var (status, problem) = await client.SendAsync(HttpMethod.Post, "/jobs", JobRequests.Default("after", Tomorrow()));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "store-unavailable"), (status, problem.GetProperty("type").GetString()));
        await Eventually.AnswersAsync(
            () => client.SendAsync(HttpMethod.Get, "/health/ready"),
            answer => answer.Status == HttpStatusCode.ServiceUnavailable,
            answer => answer.Body.ToString());
        await Eventually.AnswersAsync(() => Task.FromResult(host.Output), output => output.Contains("deleted or replaced", StringComparison.Ordinal), output => output);
    }

    private static DateTimeOffset Tomorrow() => TimeProvider.System.GetUtcNow().AddDays(1);
}
