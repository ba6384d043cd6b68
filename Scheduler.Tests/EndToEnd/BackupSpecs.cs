using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Net;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A backup of a host that is working, and a host that is started on it.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class BackupSpecs
{
    private const int Callers = 8;
    private const int AcknowledgedBefore = 200;

    [Fact]
    public Task Every_job_acknowledged_before_a_backup_over_HTTP_is_on_a_host_that_is_started_on_it() => RestoresAsync(async (host, _, restored) =>
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var answer = await http.PostAsync(new Uri("/backup", UriKind.Relative), content: null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await TarFile.ExtractToDirectoryAsync(await answer.Content.ReadAsStreamAsync(), restored, overwriteFiles: false);
    });

    [Fact]
    public Task Every_job_acknowledged_before_a_backup_by_the_command_is_on_a_host_that_is_started_on_it() => RestoresAsync(async (_, data, restored) =>
    {
        await using var backup = HostProcess.Launch(data, "backup", restored);
        Assert.True(await backup.WaitForExitAsync() == 0, backup.Output);
        Assert.Contains(restored, backup.Output, StringComparison.Ordinal);
    });

    private static async Task RestoresAsync(Func<HostProcess, string, string, Task> backUp)
    {
        using var data = new TemporaryFolder();
        using var restored = new TemporaryFolder();
        var acknowledged = new ConcurrentBag<string>();
        using var enough = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        IReadOnlyList<string> before;
        await using (var host = await HostProcess.StartAsync(data.Path))
        {
            using var client = new SchedulerClient(host.Address);
            var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    acknowledged.Add(await client.CreateAsync(JobRequests.Default($"job-{caller}-{i}", tomorrow)));
                    if (acknowledged.Count >= AcknowledgedBefore)
                        enough.Release();
                }
            })).ToList();
            var first = await Task.WhenAny(callers.Append<Task>(enough.WaitAsync(TimeSpan.FromSeconds(120))));
            Assert.False(callers.Contains(first), $"A caller ended before the backup: {first.Exception}");

            before = [.. acknowledged];
            await backUp(host, data.Path, restored.Path);
            await stop.CancelAsync();
            await Task.WhenAll(callers);
            Assert.DoesNotContain(Directory.GetFiles(data.Path), file => Path.GetFileName(file).StartsWith("backup", StringComparison.Ordinal));
            await host.KillAsync();
        }

        Assert.True(before.Count >= AcknowledgedBefore, $"{before.Count}");
        Assert.Equal(["journal.db"], Directory.GetFiles(restored.Path).Select(Path.GetFileName));
        await using var again = await HostProcess.StartAsync(restored.Path);
        using var afterwards = new SchedulerClient(again.Address);
        foreach (var id in before)
            Assert.Equal("pending", (await afterwards.JobAsync(id)).Status);
        await Eventually.AnswersAsync(
            () => afterwards.SendAsync(HttpMethod.Get, "/views"),
            answer => answer.Body.GetProperty("state").GetString() == "live",
            answer => answer.Body.ToString());
        var listed = (await afterwards.AllJobsAsync(limit: AcknowledgedBefore / 2)).Select(job => job.JobId).ToHashSet(StringComparer.Ordinal);
        Assert.True(before.All(listed.Contains), $"{before.Count(id => !listed.Contains(id))} are not listed.");
        var fresh = await afterwards.CreateAsync(JobRequests.Default("fresh", TimeProvider.System.GetUtcNow()));
        await afterwards.WaitUntilCompletedAsync([fresh]);
    }
}
