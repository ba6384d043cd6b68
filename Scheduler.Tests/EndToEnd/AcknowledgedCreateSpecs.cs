using System.Collections.Concurrent;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A 201 is a promise that a crash does not break.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class AcknowledgedCreateSpecs
{
    private const int Callers = 16;
    private const int AcknowledgedBeforeTheKill = 400;

    [SkippableTheory, BothStorages]
    public async Task Every_acknowledged_job_of_a_burst_is_there_after_a_kill_in_the_middle_of_it(TestedStorage storage)
    {
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var enough = new SemaphoreSlim(0);
        using var data = HostData.New(storage);
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    var name = $"burst-{caller}-{i}";
                    acknowledged[await client.CreateAsync(JobRequests.Default(name, tomorrow))] = name;
                    if (acknowledged.Count >= AcknowledgedBeforeTheKill)
                        enough.Release();
                }
            })).ToList();

            var first = await Task.WhenAny(callers.Append<Task>(enough.WaitAsync(TimeSpan.FromSeconds(60))));
            Assert.False(callers.Contains(first), $"A caller ended before the kill: {first.Exception}");
            await host.KillAsync();
            foreach (var caller in callers)
                await Assert.ThrowsAnyAsync<HttpRequestException>(() => caller);
        }

        Assert.True(acknowledged.Count >= AcknowledgedBeforeTheKill, $"Only {acknowledged.Count} were acknowledged");
        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        foreach (var (id, name) in acknowledged)
        {
            var job = await afterwards.JobAsync(id);
            Assert.Equal((name, "pending"), (job.Name, job.Status));
            Assert.NotNull(job.NextRun);
        }
    }
}
