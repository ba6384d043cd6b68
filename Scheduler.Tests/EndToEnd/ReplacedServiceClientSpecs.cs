using System.Text.Json;
using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A client that was written for the service that this one replaces, unchanged.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ReplacedServiceClientSpecs
{
    [SkippableTheory, BothStorages]
    public async Task It_posts_its_four_fields_and_sees_its_job_go_from_pending_to_completed_with_its_last_run(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        await using var host = await data.StartAsync();
        using var client = new SchedulerClient(host.Address);
        var scheduleTime = TimeProvider.System.GetUtcNow().AddSeconds(3);

        var id = await client.CreateAsync(new JsonObject
        {
            ["name"] = "Send report",
            ["description"] = "The weekly one",
            // As Python's datetime.utcnow().isoformat() writes it: microseconds, and no offset.
            ["schedule_time"] = scheduleTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff"),
            ["parameters"] = new JsonObject { ["duration"] = 1 },
        });

        var created = await client.JobAsync(id);
        Assert.Equal(("Send report", "The weekly one", "pending"), (created.Name, created.Description, created.Status));
        Assert.Equal(1, created.Parameters.GetProperty("duration").GetInt32());
        Assert.Equal(JsonValueKind.Null, created.LastRun.ValueKind);
        Assert.True((created.ScheduleTime - scheduleTime)!.Value.Duration() <= TimeSpan.FromMilliseconds(1), $"{created.ScheduleTime:O}");
        Assert.Equal(created.ScheduleTime, created.NextRun);

        await client.WaitUntilCompletedAsync([id]);
        var completed = await client.JobAsync(id);
        Assert.Equal("completed", completed.Status);
        Assert.NotEqual(JsonValueKind.Null, completed.LastRun.ValueKind);
        Assert.NotEqual(JsonValueKind.Undefined, completed.LastRun.ValueKind);
        Assert.Null(completed.NextRun);
        Assert.Contains(await client.JobsAsync(), job => job.JobId == id);

        var run = await Ledger.OnlyRunAsync(client, id);
        Assert.True(run.StartedAt >= created.ScheduleTime);
        // Timers count in coarse ticks, so a second may be a few milliseconds short.
        Assert.True(run.DurationMs >= 950, $"{run.DurationMs} ms");
    }
}
