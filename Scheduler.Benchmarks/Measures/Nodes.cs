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
            await OfAsync(count, server, seconds, report);
        report.Note(
            $"each on its own empty database, {seconds} s each; idle: {s_settle.TotalSeconds:0} s after the nodes are together; creates: 32 callers spread over the nodes, after {ServerLoad.WarmUpJobs} jobs that ran; "
            + $"runs: {EverySecondJobs} jobs of every PT1S with a no-op handler; everything passes a proxy on the loopback that counts messages, which takes processor time too");
    }

    private static async Task OfAsync(int count, string server, int seconds, Report report)
    {
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var what = count == 1 ? "1 node" : $"{count} nodes";
        var time = TimeSpan.FromSeconds(seconds);
        await using var database = new MongoDatabaseOfRun(server);
        await using var tap = new MongoTap(database.ConnectionString);
        using var folder = new TemporaryFolder();
        var hosts = new List<HostProcess>();
        try
        {
            for (var i = 0; i < count; i++)
                hosts.Add(await HostProcess.StartAsync(Path.Combine(folder.Path, $"{i}"), "--Scheduler:Storage=MongoDb", $"--Scheduler:MongoDb:ConnectionString={tap.ConnectionString}"));
            using var callers = await Callers.ConnectAsync([.. hosts.Select(host => host.Address)]);
            await TogetherAsync(hosts);

            await Task.Delay(s_settle, TimeProvider.System);
            var idle = await OverAsync(tap, hosts, () => Task.Delay(time, TimeProvider.System));
            report.Plain($"{what}, idle: commands a second", [idle.Traffic.Total / (double)seconds], "/s", cpu);
            report.AtMost($"{what}, idle: of one core, each", [100 * idle.Processor.TotalSeconds / seconds / count], 3, nextMark: null, "%", cpu);

            var now = TimeProvider.System.GetUtcNow();
            await callers.CreateAsync(ServerLoad.WarmUpJobs, _ => JobBody.NoOp(now));
            await callers.WaitUntilNothingIsLeftAsync();

            var tomorrow = now.AddDays(1);
            Created? created = null;
            var creates = await OverAsync(tap, hosts, async () => created = await callers.CreateAsync(AtMostJobs, _ => JobBody.NoOp(tomorrow), time));
            report.Plain($"{what}: creates, 32 callers", [created!.PerSecond], "/s", cpu);
            Print(report, $"{what}, a create", creates, created.Ids.Count, events: 2 * created.Ids.Count, cpu);

            await callers.CreateAsync(EverySecondJobs, static _ => JobBody.EverySecond);
            await Task.Delay(s_settle, TimeProvider.System);
            var before = await RunsAsync(hosts[0].Address);
            var runs = await OverAsync(tap, hosts, () => Task.Delay(time, TimeProvider.System));
            var ran = await RunsAsync(hosts[0].Address) - before;
            report.Plain($"{what}: runs", [ran / (double)seconds], "/s", cpu);
            report.Plain($"{what}, a run: processor time of the nodes", [runs.Processor.TotalMicroseconds / Math.Max(1, ran)], "µs", cpu);
            Print(report, $"{what}, a run", runs, Math.Max(1, ran), events: 3 * Math.Max(1, ran), cpu);
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    private static void Print(Report report, string what, (MongoTraffic Traffic, TimeSpan Processor) cost, long units, long events, Distribution cpu)
    {
        var traffic = cost.Traffic;
        report.Plain($"{what}: commands", [(double)traffic.Total / units], "", cpu);
        report.Plain($"{what}: sent to the database", [traffic.BytesSent / 1024.0 / units], "KB", cpu);
        report.Plain($"{what}: received from it", [traffic.BytesReceived / 1024.0 / units], "KB", cpu);
        report.AtMost($"{what}: journal documents read per event", [(double)traffic.JournalDocuments / events], 1.2, nextMark: null, "", cpu);
        report.Plain($"{what}: keys of the journal read per event", [(double)traffic.JournalKeys / events], "", cpu);
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
