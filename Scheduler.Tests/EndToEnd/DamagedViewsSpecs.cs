using System.Net;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>Pages of the view file are overwritten under a running host.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DamagedViewsSpecs
{
    private const int PageSize = 4096;

    [Fact]
    [Trait(LongSpecs.Trait, LongSpecs.Long)]
    public async Task A_damaged_view_file_is_made_anew_and_meanwhile_an_acknowledged_job_is_found()
    {
        using var folder = new TemporaryFolder();
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        var ids = new List<string>();
        // More of them than a reader's cache holds: what looks at all jobs at the start would leave nothing to be read.
        var note = new string('x', 60_000);
        await using (var first = await HostProcess.StartAsync(folder.Path))
        {
            using var client = new SchedulerClient(first.Address);
            for (var i = 0; i < 150; i++)
            {
                var job = JobRequests.Default($"job-{i}", tomorrow);
                job["parameters"]!["note"] = note;
                ids.Add(await client.CreateAsync(job));
            }

            Assert.Equal(0, await first.StopAsync());
        }

        await using var host = await HostProcess.StartAsync(folder.Path);
        using var afterwards = new SchedulerClient(host.Address);
        Damage(folder.File("views.db"));

        for (var i = 0; i < 20; i++)
        {
            ids.Add(await afterwards.CreateAsync(JobRequests.Default($"after-{i}", tomorrow)));
            Assert.Equal(HttpStatusCode.OK, (await afterwards.SendAsync(HttpMethod.Get, $"/jobs/{ids[^1]}")).Status);
        }

        await Eventually.AnswersAsync(
            () => afterwards.SendAsync(HttpMethod.Get, "/jobs"),
            answer => answer.Status == HttpStatusCode.OK
                && answer.Body.EnumerateArray().Select(job => job.GetProperty("job_id").GetString()).ToHashSet(StringComparer.Ordinal).SetEquals(ids),
            answer => answer.Status == HttpStatusCode.OK ? $"{answer.Body.GetArrayLength()} jobs" : answer.Body.ToString());
        var views = await Eventually.AnswersAsync(
            () => afterwards.SendAsync(HttpMethod.Get, "/views"),
            answer => answer.Body.GetProperty("state").GetString() == "live",
            answer => answer.Body.ToString());
        Assert.Contains("damaged", views.Body.GetProperty("rebuild").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("damaged", host.Output, StringComparison.Ordinal);
    }

    /// <summary>All pages but the first, which says what the file is.</summary>
    private static void Damage(string file)
    {
        using var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var pages = stream.Length / PageSize;
        Assert.True(pages > 10, $"Only {pages} pages.");
        var garbage = Enumerable.Repeat((byte)0xa5, PageSize).ToArray();
        for (var page = 1; page < pages; page++)
        {
            stream.Position = page * PageSize;
            stream.Write(garbage);
        }
    }
}
