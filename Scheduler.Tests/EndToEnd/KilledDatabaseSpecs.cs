using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary><c>kill -9</c> of the database below a host, and of both.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class KilledDatabaseSpecs
{
    private const int Callers = 8;
    private const int AcknowledgedBeforeTheKill = 150;
    private const int AcknowledgedAfterIt = 50;

    [SkippableFact]
    public async Task Under_load_it_is_answered_503_and_when_to_come_back_and_everything_acknowledged_is_there_afterwards()
    {
        await using var server = await MongoServerProcess.StartAsync();
        using var data = HostData.On(server.Database("killed"), droppedByItsServer: true);
        await using var host = await data.StartAsync();
        using var client = new SchedulerClient(host.Address);
        var load = new CreateLoad(host.Address);
        var duringTheOutage = await client.CreateAsync(JobRequests.Default("during-the-outage", TimeProvider.System.GetUtcNow().AddSeconds(4)));

        var callers = load.Start(Callers);
        await load.UntilAcknowledgedAsync(AcknowledgedBeforeTheKill, callers, host);
        await server.KillAsync();
        await host.WaitUntilNotReadyAsync();
        await load.UntilRefusedAsync(Callers, callers, host);
        await ReadsAreRefusedAsync(host, load.Acknowledged.Keys.First());

        await server.RestartAsync();
        await host.WaitUntilReadyAsync();
        await load.UntilAcknowledgedAsync(load.Acknowledged.Count + AcknowledgedAfterIt, callers, host);
        await load.StopAsync();
        await callers;

        foreach (var id in load.Acknowledged.Keys)
            Assert.Equal("JobCreated", (await client.EventsAsync(id))[0].Type);
        // A row that could not be written was acknowledged all the same; the projection makes it good.
        var rows = await Eventually.AnswersAsync(
            () => load.StoredAsync(),
            found => found.Count == load.Acknowledged.Count,
            found => $"{found.Count} of {load.Acknowledged.Count} rows");
        Assert.All(rows, row => Assert.Equal((load.Acknowledged[row.JobId], "pending"), (row.Name, row.Status)));

        await client.WaitUntilCompletedAsync([duringTheOutage]);
        var run = await Ledger.OnlyRunAsync(client, duringTheOutage);
        Assert.Equal("succeeded", run.Attempts[^1].Outcome);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Host_and_database_killed_in_either_order_lose_no_job_and_run_each_to_its_end(bool hostFirst)
    {
        const int Jobs = 30;
        using var allCalled = new SemaphoreSlim(0);
        var calls = 0;
        await using var receiver = await WebhookReceiver.StartAsync(async (call, callerGone) =>
        {
            if (call.Number == 1)
            {
                if (Interlocked.Increment(ref calls) == Jobs)
                    allCalled.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            }

            return 200;
        });
        await using var server = await MongoServerProcess.StartAsync();
        using var data = HostData.On(server.Database("killed"), droppedByItsServer: true);
        var ids = new List<string>();
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            var now = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < Jobs; i++)
            {
                ids.Add(await client.CreateAsync(JobRequests.Webhook($"held-{i}", now, receiver.Url($"/held-{i}"))));
                ids.Add(await client.CreateAsync(JobRequests.Default($"soon-{i}", now.AddSeconds(5 + (i / 10.0)))));
            }

            Assert.True(await allCalled.WaitAsync(TimeSpan.FromSeconds(60)), $"{calls} calls are held. {host.Output}");
            if (hostFirst)
                await host.KillAsync();
            await server.KillAsync();
            if (!hostFirst)
                await host.KillAsync();
        }

        await server.RestartAsync();
        await using var again = await data.StartAsync();
        using var afterwards = new SchedulerClient(again.Address);
        await afterwards.WaitUntilCompletedAsync(ids);
        foreach (var id in ids)
            await Ledger.OnlyRunAsync(afterwards, id);
    }

    private static async Task ReadsAreRefusedAsync(HostProcess host, string id)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        foreach (var path in (string[])[$"/jobs/{id}", "/jobs", "/runs"])
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            await CreateLoad.IsRefusalAsync(answer);
        }
    }

    /// <summary>Callers that create jobs one after another and go on when they are refused as they should be.</summary>
    private sealed class CreateLoad(Uri address)
    {
        private readonly DateTimeOffset _tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        private readonly CancellationTokenSource _stop = new();
        private int _refused;

        /// <summary>Name by id of each job that was answered 201.</summary>
        public ConcurrentDictionary<string, string> Acknowledged { get; } = new(StringComparer.Ordinal);

        public Task Start(int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CreateAsync(caller))));

        public Task StopAsync() => _stop.CancelAsync();

        public Task UntilAcknowledgedAsync(int count, Task callers, HostProcess host) => UntilAsync(() => Acknowledged.Count, count, callers, host);

        public Task UntilRefusedAsync(int count, Task callers, HostProcess host) => UntilAsync(() => Volatile.Read(ref _refused), count, callers, host);

        /// <summary>Those of the acknowledged jobs that can be read.</summary>
        public async Task<IReadOnlyList<SeenJob>> StoredAsync()
        {
            using var client = new SchedulerClient(address);
            var found = new List<SeenJob>();
            foreach (var id in Acknowledged.Keys)
            {
                try
                {
                    found.Add(await client.JobAsync(id));
                }
                catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.NotFound)
                {
                    // Not yet; whoever asks counts.
                }
            }

            return found;
        }

        /// <summary>Checks that an answer says "not now", and when to come back.</summary>
        public static async Task IsRefusalAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{(int)answer.StatusCode}: {text}");
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, text);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        private async Task UntilAsync(Func<int> seen, int count, Task callers, HostProcess host)
        {
            await Eventually.AnswersAsync(
                () => Task.FromResult(seen()),
                now => callers.IsCompleted ? throw new InvalidOperationException($"The callers ended: {callers.Exception} {host.Output}") : now >= count,
                now => $"{now} of {count}. {host.Output}");
        }

        private async Task CreateAsync(int caller)
        {
            using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var name = $"load-{caller}-{i}";
                JsonNode body = JobRequests.Default(name, _tomorrow);
                using var answer = await http.PostAsJsonAsync(new Uri("/jobs", UriKind.Relative), body);
                if (answer.StatusCode is HttpStatusCode.Created)
                {
                    Acknowledged[(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job_id").GetString()!] = name;
                    continue;
                }

                await IsRefusalAsync(answer);
                Interlocked.Increment(ref _refused);
            }
        }
    }
}
