using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A job with one fire time only, whose host dies at the worst moment: nothing else would ever wake it.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class KilledOneOffSpecs
{
    [SkippableTheory, BothStorages]
    public async Task A_one_off_that_was_in_the_middle_of_its_only_run_runs_again_under_the_same_key(TestedStorage storage)
    {
        using var called = new SemaphoreSlim(0);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync(async (call, callerGone) =>
        {
            if (call.Number == 1)
            {
                called.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            }

            return 200;
        });

        string id;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            id = await client.CreateAsync(
                JobRequests.Webhook("only-run", TimeProvider.System.GetUtcNow(), receiver.Url("/only")));
            Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(60)), host.Output);
            await host.KillAsync();
        }

        var run = await CompletesAfterARestartAsync(data, id);

        Assert.Equal(["lost", "succeeded"], run.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([run.RunId, run.RunId], receiver.Calls.Select(call => call.IdempotencyKey));
    }

    [SkippableTheory, BothStorages]
    public async Task A_one_off_that_waited_for_its_retry_is_retried_no_earlier_than_it_was_to_be(TestedStorage storage)
    {
        var retryAfter = TimeSpan.FromSeconds(6);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync((call, _) => Task.FromResult(call.Number == 1 ? 500 : 200));

        string id;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            id = await client.CreateAsync(
                JobRequests.Webhook("waits", TimeProvider.System.GetUtcNow(), receiver.Url("/waits"), retryAfter));
            await Eventually.AnswersAsync(
                () => client.RunsAsync(id),
                runs => runs is [{ Status: "retrying" }],
                runs => string.Join(", ", runs));
            await host.KillAsync();
        }

        Assert.Single(receiver.Calls);
        var run = await CompletesAfterARestartAsync(data, id);

        Assert.Equal(["failed", "succeeded"], run.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([run.RunId, run.RunId], receiver.Calls.Select(call => call.IdempotencyKey));
        Assert.True(receiver.Calls[1].ReceivedAt - receiver.Calls[0].ReceivedAt >= retryAfter, string.Join('\n', receiver.Calls));
    }

    private static async Task<SeenRun> CompletesAfterARestartAsync(HostData data, string id)
    {
        await using var host = await data.StartAsync();
        using var client = new SchedulerClient(host.Address);
        await client.WaitUntilCompletedAsync([id]);
        return await Ledger.OnlyRunAsync(client, id);
    }
}
