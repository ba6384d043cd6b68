using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What jobs cost that have nothing to do before tomorrow.</summary>
internal sealed class Sleeping : IMeasure
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

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
        await load.Callers.CreateAsync(options.SleepingJobs, _ => JobBody.NoOp(tomorrow));
        var created = await ProcessMemory.OfAsync(load.Host.Id);
        if (await load.Host.StopAsync() is var exitCode && exitCode != 0)
            report.Note($"SIGTERM: EXIT CODE {exitCode}");

        await load.StartAgainAsync();
        await Clock.ReachesAsync(load.Host.ReadyAt + Settle);
        var restarted = await ProcessMemory.OfAsync(load.Host.Id);

        var what = $"sleeping: {options.SleepingJobs:#,0} jobs";
        report.AtMost($"{what}, process start to ready", [load.Host.TimeToReady.TotalSeconds], 10, nextMark: null, "s", cpu);
        report.AtMost($"{what}, resident after restart", [restarted.ResidentMb], 400, nextMark: null, "MB", cpu);
        report.Plain($"{what}, of it private", [restarted.PrivateMb], "MB", cpu);
        report.Plain("sleeping: no jobs, resident", [empty.ResidentMb], "MB", cpu);
        report.Plain("sleeping: no jobs, of it private", [empty.PrivateMb], "MB", cpu);
        report.Plain($"{what}, resident just after creating", [created.ResidentMb], "MB", cpu);
        report.Plain(
            "sleeping: private per job", [(restarted.PrivateMb - empty.PrivateMb) * 1024 * 1024 / options.SleepingJobs], "bytes", cpu);
        report.Note($"VmRSS and RssAnon of /proc, {Settle.TotalSeconds:0} s after ready; the marks are meant for 1,000,000 jobs");
    }
}
