using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.ManyNodes;

/// <summary>Nodes in networks of their own on one database, each under a supervisor, and something for their jobs to call.</summary>
public sealed class ClusterUnderTest : IAsyncLifetime
{
    /// <summary>How many nodes there are at most; one is started later than the others.</summary>
    public const int Most = 4;

    /// <summary>How many runs of one concurrency key there may be at once, on all nodes together.</summary>
    public const int MostRunsOfKey = 2;

    private readonly List<ClusterNode> _nodes = [];
    private NodeNetwork _network = null!;
    private MongoServerProcess _database = null!;

    internal CallLog Log { get; private set; } = null!;

    internal NodeNetwork Network => _network;

    /// <summary>The nodes, from number 1.</summary>
    internal ClusterNode Node(int number) => _nodes[number - 1];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _network = await NodeNetwork.MakeAsync(Most);
        _database = await MongoServerProcess.StartAtAsync(_network.Outside);
        Log = await CallLog.StartAsync(_network.Outside);
        for (var number = 1; number <= Most; number++)
        {
            var (space, address) = (_network.Space(number), _network.Address(number));
            _nodes.Add(new ClusterNode(number, new Uri($"http://{address}:5080"), () => Process(space, address, "jobs")));
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (Log is not null)
            await Log.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    /// <summary>Waits until these nodes, and no others, are one cluster, and each of them is ready.</summary>
    internal async Task TogetherAsync(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            var node = Node(number);
            await Eventually.AnswersAsync(
                async () => await node.IsReadyAsync() ? (await node.Api.SendAsync(HttpMethod.Get, "/cluster")).Body.GetProperty("members").GetArrayLength() : 0,
                members => members == numbers.Length,
                members => $"node {number} sees {members} members; it printed: {node.Output}");
        }
    }

    /// <summary>A node whose database is another one's, and cannot be used.</summary>
    internal ClusterNode Stray(int number)
    {
        var (space, address) = (_network.Space(number), _network.Address(number));
        return new ClusterNode(number, new Uri($"http://{address}:5080"), () => Process(space, address, "a.b"));
    }

    /// <summary>Makes jobs that call the log: one each second, with enough attempts that a lost one is made up for.</summary>
    internal Task<IReadOnlyList<string>> TicksAsync(int count, string name, params int[] through) => TicksAsync(count, name, key: null, path: "", through);

    /// <summary>Such jobs with one concurrency key, whose calls take a while.</summary>
    internal Task<IReadOnlyList<string>> SlowTicksAsync(int count, string name, params int[] through) => TicksAsync(count, name, key: name, path: $"/slow/{name}", through);

    private async Task<IReadOnlyList<string>> TicksAsync(int count, string name, string? key, string path, int[] through)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var id = $"{name}-{i}";
            var (status, body) = await Node(through[i % through.Length]).Api.SendAsync(HttpMethod.Put, $"/jobs/{id}", new JsonObject
            {
                ["name"] = name,
                ["schedule"] = new JsonObject { ["every"] = "PT1S" },
                ["timeout"] = "PT5S",
                ["concurrency_key"] = key,
                ["retry"] = new JsonObject { ["max_attempts"] = 5, ["backoff"] = "fixed", ["initial"] = "PT1S" },
                ["target"] = new JsonObject { ["http"] = new JsonObject { ["url"] = $"{Log.Url}{path}/{id}" } },
            });
            Assert.True(status is HttpStatusCode.Created, $"{status}: {body}");
            ids.Add(id);
        }

        return ids;
    }

    /// <summary>Makes a job that calls the log at once, and whose id is not said.</summary>
    internal async Task<string> OnceAsync(int through)
    {
        var (status, body) = await Node(through).Api.SendAsync(HttpMethod.Post, "/jobs", new JsonObject
        {
            ["name"] = "once",
            ["schedule"] = new JsonObject { ["delay"] = "PT1S" },
            ["target"] = new JsonObject { ["http"] = new JsonObject { ["url"] = $"{Log.Url}/once" } },
        });
        Assert.True(status is HttpStatusCode.Created, $"{status}: {body}");
        return body.GetProperty("job_id").GetString()!;
    }

    /// <summary>The nodes that called for these jobs, when each was called.</summary>
    internal async Task<IReadOnlyList<string>> CallersAsync(IReadOnlyCollection<string> ids)
    {
        await Eventually.AnswersAsync(
            () => Task.FromResult(ids.Except(Log.Calls.Select(call => call.Job), StringComparer.Ordinal).ToList()),
            missing => missing.Count == 0,
            missing => $"{string.Join(", ", missing)} did not fire");
        return [.. Log.Calls.Where(call => ids.Contains(call.Job)).Select(call => call.From)];
    }

    /// <summary>Waits until each of these jobs was called for a fire time after an instant.</summary>
    internal Task FireAfterAsync(IReadOnlyCollection<string> ids, DateTimeOffset after) => Eventually.AnswersAsync(
        () => Task.FromResult(ids.Except(Log.Calls.Where(call => call.FireTime > after).Select(call => call.Job), StringComparer.Ordinal).ToList()),
        missing => missing.Count == 0,
        missing => $"{string.Join(", ", missing)} did not fire; the nodes printed: {string.Join("\n", _nodes.Select(node => $"-- {node.Number}: {Tail(node.Output)}"))}");

    /// <summary>
    /// What must hold of jobs whatever happened to nodes: each is there, its audit is clean, no run was called before its time, and called twice only where an
    /// attempt was lost.
    /// </summary>
    internal async Task<TimeSpan> CheckAsync(IReadOnlyCollection<string> ids, int through)
    {
        var api = Node(through).Api;
        var calls = Log.Calls.Where(call => ids.Contains(call.Job)).ToList();
        Assert.All(calls, static call => Assert.True(call.At >= call.FireTime, $"{call} came early"));
        foreach (var id in ids)
        {
            var (status, audit) = await api.SendAsync(HttpMethod.Get, $"/jobs/{id}/audit");
            Assert.True(status is HttpStatusCode.OK && audit.GetProperty("clean").GetBoolean(), $"{id}: {status} {audit}");
        }

        foreach (var run in calls.CountBy(call => call.Run).Where(run => run.Value > 1))
        {
            var (_, seen) = await api.SendAsync(HttpMethod.Get, $"/runs/{Uri.EscapeDataString(run.Key)}");
            var attempts = seen.GetProperty("attempts").EnumerateArray().ToList();
            Assert.Equal(attempts.Count, attempts.Select(attempt => attempt.GetProperty("number").GetInt32()).Distinct().Count());
            Assert.True(
                attempts.Count(attempt => attempt.GetProperty("outcome").GetString() is "lost" or "failed" or "timed_out") >= run.Value - 1,
                $"{run.Key} was called {run.Value} times: {seen}");
        }

        return calls.Count == 0 ? TimeSpan.Zero : calls.Max(call => call.Lateness);
    }

    internal async Task ForgetAsync(IEnumerable<string> ids, int through)
    {
        foreach (var id in ids)
            await Node(through).DeleteAsync(id);
    }

    private static string Tail(string text) => text.Length > 4000 ? text[^4000..] : text;

    private ProcessStartInfo Process(string space, string address, string database)
    {
        var binary = HostBinary.Find();
        var start = new ProcessStartInfo("ip") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(binary)! };
        // `ip netns exec` becomes the process that it is given: its id is the node's.
        string[] all =
        [
            "netns", "exec", space, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", binary,
            "--urls", $"http://{address}:5080",
            "--Scheduler:Storage=MongoDb",
            $"--Scheduler:MongoDb:ConnectionString={_database.Database(database)}",
            $"--Scheduler:Cluster:Hostname={address}",
            "--Scheduler:Cluster:Port=4053",
            $"--Scheduler:Http:AllowedAddresses={_network.Everybody}",
            $"--Scheduler:Execution:MaxRunsPerConcurrencyKey={MostRunsOfKey}",
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(HostProcess.IsHostSetting).ToList())
            start.Environment.Remove(name);
        return start;
    }
}
