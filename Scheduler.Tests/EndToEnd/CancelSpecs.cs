using System.Net;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A run that is cancelled while its target is called.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class CancelSpecs
{
    [SkippableTheory, BothStorages]
    public async Task The_receiver_of_a_webhook_sees_its_caller_go_and_the_run_is_cancelled(TestedStorage storage)
    {
        using var called = new SemaphoreSlim(0);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync(async (_, callerGone) =>
        {
            called.Release();
            await using var leaves = callerGone.Register(() => gone.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            return 200;
        });
        await using var host = await data.StartAsync();
        using var client = new SchedulerClient(host.Address);
        using var http = new HttpClient { BaseAddress = host.Address };
        var id = await client.CreateAsync(JobRequests.Webhook("hangs", TimeProvider.System.GetUtcNow(), receiver.Url("/hangs")));
        Assert.True(await called.WaitAsync(Patience.Limit), host.Output);
        var run = (await Eventually.AnswersAsync(() => client.RunsAsync(id), runs => runs.Any(r => r.Status == "running"), runs => $"{runs.Count} runs\n{host.Output}"))[0].RunId;

        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(new Uri($"/runs/{run}/cancel", UriKind.Relative), content: null)).StatusCode);

        await gone.Task.WaitAsync(Patience.Limit);
        await Eventually.AnswersAsync(() => client.RunsAsync(id), runs => runs.Single().Status == "cancelled", runs => $"{runs.Count} runs\n{host.Output}");
        Assert.Single(receiver.Calls);
        Assert.Contains("RunCancelled", (await client.EventsAsync(id)).Select(fact => fact.Type), StringComparer.Ordinal);
    }
}
