using System.Text.Json;
using Scheduler.Benchmarks.Http;
using Scheduler.Benchmarks.Journal;
using Scheduler.Benchmarks.Load;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What one, two and three nodes on MongoDB do, and what each create and each run asks of the database.</summary>
internal sealed class Nodes : IMeasure
{
    private const int EverySecondJobs = 300;
    private const int AtMostJobs = 40_000;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public string Name => "nodes";

    public string About => "1, 2 and 3 nodes on MongoDB: creates and runs per second, commands to the database for each, and what idle nodes cost";

    public async Task RunAsync(Options options, Report report)
    {
        if (options.MongoDb is not { } server)
        {
            report.Note($"nodes: left out; to run it, name a replica set: --mongodb 'mongodb://127.0.0.1:27017/?replicaSet=rs0', or {Options.MongoDbVariable}");
            return;
        }

        var seconds = options.Seconds ?? 10;
        for (var count = 1; count <= options.Nodes; count++)
        {
            var nodes = count;
            await options.Builds.InTurnsAsync(options.Repeats, report, (build, take) => OfAsync(nodes, build, server, seconds, report, take));
        }

        report.Note(
            $"each on its own empty database, {seconds} s each; idle: {s_settle.TotalSeconds:0} s after the nodes are together; creates: 32 callers spread over the nodes, after {ServerLoad.WarmUpJobs} jobs that ran; "
            + $"runs: {EverySecondJobs} jobs of every PT1S with a no-op handler; everything passes a proxy on the loopback that counts messages, which takes processor time too");
    }

    private static async Task OfAsync(int count, Build build, string server, int seconds, Report report, Take take)
    {
        var what = count == 1 ? "1 node" : $"{count} nodes";
        var time = TimeSpan.FromSeconds(seconds);
        await using var database = new MongoDatabaseOfRun(server);
        await using var tap = new MongoTap(database.ConnectionString);
        using var folder = new TemporaryFolder();
        var hosts = new List<HostProcess>();
        try
        {
            for (var i = 0; i < count; i++)
                hosts.Add(await StartAsync(build, Path.Combine(folder.Path, $"{i}"), tap));
            using var callers = await Callers.ConnectAsync([.. hosts.Select(host => host.Address)]);
            await TogetherAsync(hosts);

            await Task.Delay(s_settle, TimeProvider.System);
            var idle = await OverAsync(tap, hosts, () => Task.Delay(time, TimeProvider.System));
            take($"{what}, idle: commands a second", "/s", idle.Traffic.Total / (double)seconds, mark: null, isMost: true);
            take($"{what}, idle: of one core, each", "%", 100 * idle.Processor.TotalSeconds / seconds / count, mark: 3, isMost: true);

            var now = TimeProvider.System.GetUtcNow();
            await callers.CreateAsync(ServerLoad.WarmUpJobs, _ => JobBody.NoOp(now));
            await callers.WaitUntilNothingIsLeftAsync();

            var tomorrow = now.AddDays(1);
            Created? created = null;
            var creates = await OverAsync(tap, hosts, async () => created = await callers.CreateAsync(AtMostJobs, _ => JobBody.NoOp(tomorrow), time));
            take($"{what}: creates, 32 callers", "/s", created!.PerSecond, mark: null, isMost: false);
            Print(report, take, $"{what}, a create", creates, created.Ids.Count, events: 2 * created.Ids.Count);

            await callers.CreateAsync(EverySecondJobs, static _ => JobBody.EverySecond);
            await Task.Delay(s_settle, TimeProvider.System);
            var before = await RunsAsync(hosts[0].Address);
            var runs = await OverAsync(tap, hosts, () => Task.Delay(time, TimeProvider.System));
            var ran = await RunsAsync(hosts[0].Address) - before;
            take($"{what}: runs", "/s", ran / (double)seconds, mark: null, isMost: false);
            take($"{what}, a run: processor time of the nodes", "µs", runs.Processor.TotalMicroseconds / Math.Max(1, ran), mark: null, isMost: true);
            Print(report, take, $"{what}, a run", runs, Math.Max(1, ran), events: 3 * Math.Max(1, ran));
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    private static Task<HostProcess> StartAsync(Build build, string dataPath, MongoTap tap)
    {
        string[] arguments = ["--Scheduler:Storage=MongoDb", $"--Scheduler:MongoDb:ConnectionString={tap.ConnectionString}"];
        return build.Path is { } binary ? HostProcess.StartBinaryAsync(binary, dataPath, arguments) : HostProcess.StartAsync(dataPath, arguments);
    }

    private static void Print(Report report, Take take, string what, (MongoTraffic Traffic, TimeSpan Processor) cost, long units, long events)
    {
        var traffic = cost.Traffic;
        take($"{what}: commands", "", (double)traffic.Total / units, mark: null, isMost: true);
        take($"{what}: sent to the database", "KB", traffic.BytesSent / 1024.0 / units, mark: null, isMost: true);
        take($"{what}: received from it", "KB", traffic.BytesReceived / 1024.0 / units, mark: null, isMost: true);
        take($"{what}: journal documents read per event", "", (double)traffic.JournalDocuments / events, mark: 1.2, isMost: true);
        take($"{what}: keys of the journal read per event", "", (double)traffic.JournalKeys / events, mark: null, isMost: true);
        report.Note(string.Join(", ", traffic.Commands.Where(one => one.Value > units / 100).OrderByDescending(one => one.Value).Select(one => $"{one.Key} {(double)one.Value / units:0.00}")));
    }

    private static async Task<(MongoTraffic Traffic, TimeSpan Processor)> OverAsync(MongoTap tap, IReadOnlyList<HostProcess> hosts, Func<Task> work)
    {
        var (traffic, processor) = (tap.Traffic, await ProcessorAsync(hosts));
        await work();
        return (tap.Traffic - traffic, await ProcessorAsync(hosts) - processor);
    }

    private static async Task<TimeSpan> ProcessorAsync(IReadOnlyList<HostProcess> hosts)
    {
        var sum = TimeSpan.Zero;
        foreach (var host in hosts)
            sum += (await ProcessCost.OfAsync(host.Id)).Processor;
        return sum;
    }

    private static async Task TogetherAsync(IReadOnlyList<HostProcess> hosts)
    {
        var since = TimeProvider.System.GetTimestamp();
        foreach (var host in hosts)
        {
            while (await MembersAsync(host.Address) != hosts.Count)
            {
                if (TimeProvider.System.GetElapsedTime(since) > s_patience)
                    throw new TimeoutException($"{hosts.Count} nodes were not together after {s_patience}: {host.Output}");
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
    }

    private static async Task<int> MembersAsync(Uri node)
    {
        using var cluster = await GetAsync(node, "/cluster");
        return cluster.RootElement.GetProperty("members").GetArrayLength();
    }

    /// <summary>The runs of the jobs of every second, as their rows say: 250 ms old at most.</summary>
    private static async Task<long> RunsAsync(Uri node)
    {
        using var jobs = await GetAsync(node, "/jobs?name=every-second&limit=1000");
        return jobs.RootElement.EnumerateArray().Sum(static job => job.GetProperty("run_count").GetInt64());
    }

    private static async Task<JsonDocument> GetAsync(Uri node, string path)
    {
        using var connection = await LeanConnection.OpenAsync(node);
        var answer = await connection.SendAsync(LeanConnection.Request("GET", path));
        return answer.Status == 200 ? JsonDocument.Parse(answer.Body) : throw new InvalidOperationException($"GET {path} answered {answer.Status}.");
    }
}
