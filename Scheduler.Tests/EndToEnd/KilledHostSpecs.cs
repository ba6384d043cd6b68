using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary><c>kill -9</c> while jobs wait, run and are retried.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class KilledHostSpecs
{
    private const int PerKind = 40;

    [SkippableTheory, BothStorages]
    public async Task Two_hundred_jobs_complete_after_a_kill_while_some_run_none_early_and_every_attempt_accounted_for(TestedStorage storage)
    {
        var heldCalls = 0;
        using var allHeld = new SemaphoreSlim(0);
        using var data = HostData.New(storage);
        await using var receiver = await WebhookReceiver.StartAsync(async (call, callerGone) =>
        {
            if (call is { Number: 1 } && call.Path.StartsWith("/held-", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref heldCalls) == PerKind / 2)
                    allHeld.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            }

            return 200;
        });

        var jobs = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            var now = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < PerKind; i++)
            {
                jobs.Add($"now-{i}", await client.CreateAsync(JobRequests.Default($"now-{i}", now)));
                jobs.Add($"soon-{i}", await client.CreateAsync(JobRequests.Default($"soon-{i}", now.AddMilliseconds(2000 + (i * 250)))));
                jobs.Add($"long-{i}", await client.CreateAsync(JobRequests.Default($"long-{i}", now, duration: 5)));
                jobs.Add($"fails-{i}", await client.CreateAsync(JobRequests.Default($"fails-{i}", now, fail: 1 + (i % 3))));
                // Half of them are in the middle of a call when the host is killed, the others are called before or after.
                var (name, at) = i < PerKind / 2 ? ($"held-{i}", now) : ($"hook-{i}", now.AddMilliseconds(i * 250));
                jobs.Add(name, await client.CreateAsync(JobRequests.Webhook(name, at, receiver.Url("/" + name))));
            }

            Assert.True(await allHeld.WaitAsync(TimeSpan.FromSeconds(60)), $"{heldCalls} calls are held. {host.Output}");
            await Eventually.AnswersAsync(
                () => client.JobsAsync("?status=running&limit=1000"),
                running => running.Count >= PerKind / 2,
                running => $"{running.Count} running");
            await host.KillAsync();
        }

        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        await afterwards.WaitUntilCompletedAsync(jobs.Values);

        var runs = new Dictionary<string, SeenRun>(StringComparer.Ordinal);
        foreach (var (name, id) in jobs)
            runs.Add(name, await Ledger.OnlyRunAsync(afterwards, id));

        Assert.Equal(5 * PerKind, runs.Values.Select(run => run.RunId).Distinct(StringComparer.Ordinal).Count());
        // The crash was seen: otherwise this spec would say nothing about it.
        Assert.All(
            runs.Where(run => run.Key.StartsWith("held-", StringComparison.Ordinal)),
            run => Assert.Equal("lost", run.Value.Attempts[0].Outcome));
        Assert.All(
            runs.Where(run => run.Key.StartsWith("fails-", StringComparison.Ordinal)),
            run => Assert.Contains(run.Value.Attempts, attempt => attempt.Outcome == "failed"));
        TheReceiverSawThem(receiver, runs);
    }

    private static void TheReceiverSawThem(WebhookReceiver receiver, Dictionary<string, SeenRun> runs)
    {
        var calls = receiver.Calls.ToLookup(call => call.Path[1..], StringComparer.Ordinal);
        foreach (var (name, run) in runs)
        {
            var seen = calls[name].ToList();
            if (name.StartsWith("held-", StringComparison.Ordinal) || name.StartsWith("hook-", StringComparison.Ordinal))
                Assert.InRange(seen.Count, 1, run.Attempts.Count);
            Assert.All(seen, call => Assert.Equal(run.RunId, call.IdempotencyKey));
            Assert.All(seen, call => Assert.True(
                call.ReceivedAt >= run.DueAt, $"{name} was due at {run.DueAt:O} and called at {call.ReceivedAt:O}"));
        }
    }
}
