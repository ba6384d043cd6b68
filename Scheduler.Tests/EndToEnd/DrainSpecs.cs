using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>SIGTERM: what runs may end, nothing new starts.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DrainSpecs
{
    /// <summary>What an attempt still has to do when its host is asked to end: far more than a host needs that waits for nothing.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(6);

    [SkippableTheory, BothStorages]
    [Trait(LongSpecs.Trait, LongSpecs.Long)]
    public async Task A_host_that_is_asked_to_end_lets_the_running_attempt_end_and_exits_with_0(TestedStorage storage)
    {
        using var called = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync(async (_, callerGone) =>
        {
            called.Release();
            await mayEnd.WaitAsync(callerGone);
            await Task.Delay(s_rest, TimeProvider.System, callerGone);
            return 200;
        });

        string id;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            id = await client.CreateAsync(JobRequests.Webhook("drains", TimeProvider.System.GetUtcNow(), receiver.Url("/drains")));
            Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(60)), host.Output);
            host.Terminate();
            await host.WaitUntilNotReadyAsync();
            mayEnd.Release();
            var exitCode = await host.WaitForExitAsync();
            Assert.True(exitCode == 0, $"Exit code {exitCode}\n{host.Output}");
        }

        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        await afterwards.WaitUntilCompletedAsync([id]);
        var run = await Ledger.OnlyRunAsync(afterwards, id);
        Assert.Equal(["succeeded"], run.Attempts.Select(attempt => attempt.Outcome));
        Assert.Single(receiver.Calls);
    }

    [SkippableTheory, BothStorages]
    [Trait(LongSpecs.Trait, LongSpecs.Long)]
    public async Task What_still_runs_when_the_drain_limit_is_over_is_cut_off_and_the_next_start_records_it_as_lost_and_tries_again(TestedStorage storage)
    {
        using var called = new SemaphoreSlim(0);
        using var cutOff = new SemaphoreSlim(0);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync(async (call, callerGone) =>
        {
            if (call.Path != "/hangs" || call.Number > 1)
                return 200;
            called.Release();
            await using var gone = callerGone.Register(() => cutOff.Release());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            return 200;
        });

        string id;
        string waiting;
        await using (var host = await data.StartAsync("--Scheduler:Execution:DrainLimit=PT1S", "--Scheduler:Execution:MaxConcurrentRuns=1"))
        {
            using var client = new SchedulerClient(host.Address);
            id = await client.CreateAsync(JobRequests.Webhook("hangs", TimeProvider.System.GetUtcNow(), receiver.Url("/hangs")));
            Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(60)), host.Output);
            waiting = await client.CreateAsync(JobRequests.Webhook("waits", TimeProvider.System.GetUtcNow(), receiver.Url("/waits")));
            var exitCode = await host.StopAsync();
            Assert.True(exitCode == 0, $"Exit code {exitCode}\n{host.Output}");
            Assert.Contains("after the drain limit of 00:00:01", host.Output, StringComparison.Ordinal);
            Assert.True(await cutOff.WaitAsync(TimeSpan.FromSeconds(60)), host.Output);
            Assert.Single(receiver.Calls);
        }

        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        await afterwards.WaitUntilCompletedAsync([id, waiting]);
        var run = await Ledger.OnlyRunAsync(afterwards, id);
        Assert.Equal(["lost", "succeeded"], run.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([run.RunId, run.RunId], receiver.Calls.Where(call => call.Path == "/hangs").Select(call => call.IdempotencyKey));
        Assert.Equal(["succeeded"], (await Ledger.OnlyRunAsync(afterwards, waiting)).Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(
            ["AttemptStarted", "AttemptLost", "AttemptStarted", "RunCompleted"],
            (await afterwards.EventsAsync(id)).Select(fact => fact.Type).Where(type => type.StartsWith("Attempt", StringComparison.Ordinal) || type == "RunCompleted"));
    }

    [SkippableTheory, BothStorages]
    public async Task A_host_whose_jobs_tick_waits_for_nobody_to_take_them_over(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        await using var host = await data.StartAsync();
        using var client = new SchedulerClient(host.Address);
        for (var n = 0; n < 5; n++)
            await client.CreateAsync(new JsonObject { ["name"] = $"ticks-{n}", ["schedule"] = new JsonObject { ["every"] = 1 } });
        await Eventually.AnswersAsync(client.RunsAsync, runs => runs.Count(run => run.Status == "completed") >= 5, runs => $"{runs.Count} runs");

        var exitCode = await host.StopAsync();

        Assert.True(exitCode == 0, $"Exit code {exitCode}\n{host.Output}");
        Assert.DoesNotContain("timed out", host.Output, StringComparison.Ordinal);
    }

    [SkippableTheory, BothStorages]
    public async Task An_idle_host_exits_with_0_and_keeps_what_it_was_told(TestedStorage storage)
    {
        using var data = HostData.New(storage);
        string id;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            id = await client.CreateAsync(JobRequests.Default("tomorrow", TimeProvider.System.GetUtcNow().AddDays(1)));
            var exitCode = await host.StopAsync();
            Assert.True(exitCode == 0, $"Exit code {exitCode}\n{host.Output}");
        }

        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        Assert.Equal("pending", (await afterwards.JobAsync(id)).Status);
    }
}
