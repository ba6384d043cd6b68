using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A program of a user's own, with a handler of its own: the sample.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class HandlerSpecs
{
    [SkippableTheory, BothStorages]
    public async Task A_handler_runs_says_how_far_it_is_and_gives_its_output(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        await using var host = await data.StartSampleAsync();
        using var client = new SchedulerClient(host.Address);
        using var http = new HttpClient { BaseAddress = host.Address };
        var id = await client.CreateAsync(Newsletter(pause: 60, "a@example.org", "b@example.org"));
        var running = (await Eventually.AnswersAsync(() => client.RunsAsync(id), runs => runs.Any(r => r.Status == "running"), runs => $"{runs.Count} runs\n{host.Output}"))[0].RunId;

        var progress = await Eventually.AnswersAsync(
            () => ReadAsync(http, $"/runs/{running}"), run => run.TryGetProperty("progress", out _), run => $"{run}\n{host.Output}");
        Assert.Equal((1, 2), (progress.GetProperty("progress").GetProperty("done").GetInt32(), progress.GetProperty("progress").GetProperty("total").GetInt32()));

        // Cancelled in its pause: a handler that did not heed its token would hold the node's end up.
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(new Uri($"/runs/{running}/cancel", UriKind.Relative), content: null)).StatusCode);
        await Eventually.AnswersAsync(() => ReadAsync(http, $"/runs/{running}"), run => run.GetProperty("status").GetString() == "cancelled", run => run.ToString());

        var quick = await client.CreateAsync(Newsletter(pause: 0, "a@example.org", "b@example.org"));
        await client.WaitUntilCompletedAsync([quick]);
        var done = await ReadAsync(http, $"/runs/{(await client.RunsAsync(quick))[0].RunId}");
        Assert.Equal("""{"sent":2}""", done.GetProperty("output").GetRawText());
        Assert.False(done.TryGetProperty("progress", out _));
        Assert.Equal(0, await host.StopAsync());
        Assert.DoesNotContain("limit", host.Output, StringComparison.Ordinal);
    }

    [SkippableTheory, BothStorages]
    [Trait(LongSpecs.Trait, LongSpecs.Long)]
    public async Task A_job_waits_for_a_handler_that_no_node_has_until_one_that_has_it_comes(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        string id;
        string attended;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            using var http = new HttpClient { BaseAddress = host.Address };
            id = await client.CreateAsync(Newsletter(pause: 0, "a@example.org"));
            attended = await client.CreateAsync(JobRequests.Default("goes-on", TimeProvider.System.GetUtcNow()));
            await client.WaitUntilCompletedAsync([attended]);

            var job = await ReadAsync(http, $"/jobs/{id}");
            Assert.Equal("""{"handler":"send-newsletter/1"}""", job.GetProperty("waiting_for").GetRawText());
            Assert.Empty(await client.RunsAsync(id));
            Assert.Equal(0, await host.StopAsync());
        }

        await using var sample = await data.StartSampleAsync();
        using var afterwards = new SchedulerClient(sample.Address);
        using var reads = new HttpClient { BaseAddress = sample.Address };
        await afterwards.WaitUntilCompletedAsync([id]);
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(reads, $"/jobs/{id}")).GetProperty("waiting_for").ValueKind);
        Assert.Single((await Ledger.OnlyRunAsync(afterwards, id)).Attempts);
    }

    private static JsonObject Newsletter(double pause, params string[] recipients) => new()
    {
        ["name"] = "newsletter",
        ["schedule"] = new JsonObject { ["delay"] = 0 },
        ["parameters"] = new JsonObject
        {
            ["subject"] = "News",
            ["recipients"] = new JsonArray([.. recipients.Select(r => JsonValue.Create(r))]),
            ["pause"] = pause,
        },
        ["target"] = new JsonObject { ["handler"] = "send-newsletter" },
    };

    private static async Task<JsonElement> ReadAsync(HttpClient http, string path) =>
        JsonElement.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)));
}
