using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A host that is told to keep no finished jobs.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class RetentionSpecs
{
    [SkippableTheory, BothStorages]
    public async Task A_one_off_whose_target_refuses_it_for_good_ends_at_once_and_is_deleted_while_its_history_stays(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync((_, _) => Task.FromResult(404));
        await using var host = await data.StartAsync("--Scheduler:Retention:FinishedJobs", "PT0S", "--Scheduler:Retention:Interval", "PT1S");
        using var client = new SchedulerClient(host.Address);
        var now = TimeProvider.System.GetUtcNow();
        var sleeping = await client.CreateAsync(JobRequests.Webhook("sleeping", now.AddDays(1), receiver.Url("/")));
        var refused = await client.CreateAsync(JobRequests.Webhook("refused", now, receiver.Url("/")));

        var events = await Eventually.AnswersAsync(
            () => client.EventsAsync(refused),
            facts => facts[^1].Type == "JobDeleted",
            facts => string.Join(", ", facts.Select(fact => fact.Type)));

        Assert.Equal([sleeping], (await client.JobsAsync()).Select(job => job.JobId));
        Assert.Equal("retention", events[^1].Data.GetProperty("reason").GetString());
        var run = Assert.Single(await client.RunsAsync());
        Assert.Equal((refused, "discarded"), (run.JobId, run.Status));
        Assert.Single(run.Attempts);
        Assert.Single(receiver.Calls);
    }
}
