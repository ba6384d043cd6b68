using System.Text.Json;
using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>The job of docs/celery.md, for real.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class CelerySpecs
{
    [SkippableFact]
    public async Task A_job_calls_a_task_of_a_Celery_worker()
    {
        await using var broker = await Broker.ConnectAsync();
        var queue = $"celery-{Guid.NewGuid():N}";
        await using var worker = CeleryWorker.Start(broker.Uri, queue);
        using var data = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(data.Path, $"--Scheduler:Amqp:default:Uri={broker.Uri}");
        using var client = new SchedulerClient(host.Address);

        // Until the worker has declared its queue, the message has no route: the attempt fails, and the next one comes soon.
        var job = await client.CreateAsync((JsonObject)JsonNode.Parse($$$"""
            {
              "name": "nightly report",
              "schedule": {"delay": "PT0S"},
              "parameters": {"customer": "ä-42", "day": "2026-11-23"},
              "retry": {"max_attempts": 100, "initial": "PT1S"},
              "target": {"amqp": {
                "routing_key": "{{{queue}}}",
                "correlation_id": "report",
                "headers": {"lang": "py", "task": "reports.build", "id": "{{run.id}}", "root_id": "{{run.id}}", "parent_id": null, "group": null, "retries": 0},
                "body": [["{{parameters.customer}}"], {"day": "{{parameters.day}}"}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]
              }}
            }
            """)!);

        var result = await Eventually.AnswersAsync(() => Task.FromResult(worker.Result), found => found is not null, _ => worker.Output);
        await client.WaitUntilCompletedAsync([job]);
        var run = await Ledger.OnlyRunAsync(client, job);
        using var json = JsonDocument.Parse(result!);
        Assert.Equal(run.RunId, json.RootElement.GetProperty("id").GetString());
        Assert.Equal("ä-42", json.RootElement.GetProperty("customer").GetString());
        Assert.Equal("2026-11-23", json.RootElement.GetProperty("day").GetString());
        Assert.DoesNotContain("guest", host.Output, StringComparison.Ordinal);
        await broker.Channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false);
    }
}
