using Scheduler.Benchmarks.Http;
using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What jobs cost that have nothing to do before tomorrow.</summary>
internal sealed class Sleeping : IMeasure
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    private static readonly string[] s_pages =
        ["/jobs?limit=100", "/jobs?limit=100&status=pending&sort=next_run", "/jobs?limit=100&status=completed", "/jobs?limit=100&name=nobody", "/runs?limit=100"];

    public string Name => "sleeping";

    public string About => "memory, and time to ready after a restart, with 10,000 (--sleeping N) jobs due tomorrow";

    public async Task RunAsync(Options options, Report report)
    {
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        // Not warmed up: the empty server is what the full one is compared with.
        await using var load = await ServerLoad.StartAsync(warm: false);
        await Clock.ReachesAsync(load.Host.ReadyAt + Settle);
        var empty = await ProcessMemory.OfAsync(load.Host.Id);
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        var rate = await Batches.CreateAsync(load.Host.Address, options.SleepingJobs, JobBody.NoOp(tomorrow));
        var created = await ProcessMemory.OfAsync(load.Host.Id);
        if (await load.Host.StopAsync() is var exitCode && exitCode != 0)
            report.Note($"SIGTERM: EXIT CODE {exitCode}");

        await load.StartAgainAsync();
        await Clock.ReachesAsync(load.Host.ReadyAt + Settle);
        var restarted = await ProcessMemory.OfAsync(load.Host.Id);

        var pages = new List<double>();
        foreach (var path in s_pages)
            pages.Add(await PageAsync(load.Host.Address, path));

        var what = $"sleeping: {options.SleepingJobs:#,0} jobs";
        report.AtMost($"{what}, process start to ready", [load.Host.TimeToReady.TotalSeconds], 10, nextMark: null, "s", cpu);
        report.Plain($"{what}, created in batches", [rate], "/s", cpu);
        report.AtMost($"{what}, resident after restart", [restarted.ResidentMb], 1000, nextMark: null, "MB", cpu);
        report.AtMost($"{what}, slowest page of 100", [pages.Max()], 50, nextMark: null, "ms", cpu);
        report.Plain($"{what}, of it private", [restarted.PrivateMb], "MB", cpu);
        report.Plain("sleeping: no jobs, resident", [empty.ResidentMb], "MB", cpu);
        report.Plain("sleeping: no jobs, of it private", [empty.PrivateMb], "MB", cpu);
        report.Plain($"{what}, resident just after creating", [created.ResidentMb], "MB", cpu);
        report.Plain(
            "sleeping: private per job", [(restarted.PrivateMb - empty.PrivateMb) * 1024 * 1024 / options.SleepingJobs], "bytes", cpu);
        report.Note($"VmRSS and RssAnon of /proc, {Settle.TotalSeconds:0} s after ready; the marks are meant for 10,000,000 jobs. Pages, the second of two readings each: {string.Join("; ", s_pages.Zip(pages, static (path, took) => $"{path} {took:0.0} ms"))}");
        var stored = StoredBytes.In(load.DataPath);
        report.Note($"files: journal {stored.Journal / 1e6:#,0} MB, views {stored.Views / 1e6:#,0} MB");
    }

    private static async Task<double> PageAsync(Uri server, string path)
    {
        using var connection = await LeanConnection.OpenAsync(server);
        var request = LeanConnection.Request("GET", path);
        var took = 0.0;
        for (var i = 0; i < 2; i++)
        {
            var since = TimeProvider.System.GetTimestamp();
            if (await connection.SendAsync(request) is { Status: not 200 } answer)
                throw new InvalidOperationException($"GET {path} answered {answer.Status}.");
            took = TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
        }

        return took;
    }
}
