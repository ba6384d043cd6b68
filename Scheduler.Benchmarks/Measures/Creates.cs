using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How many jobs a second are created over HTTP, each on disk before it is answered.</summary>
internal sealed class Creates : IMeasure
{
    private const int AtMostJobs = 40_000;

    public string Name => "creates";

    public string About => "jobs created per second by 32 concurrent HTTP callers, due tomorrow";

    public async Task RunAsync(Options options, Report report)
    {
        await using var load = await ServerLoad.StartAsync();
        var cpu = new List<double>();
        var rates = new List<double>();
        for (var i = 0; i < options.Repeats; i++)
        {
            cpu.Add(CpuLoop.Milliseconds());
            var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
            var created = await load.Callers.CreateAsync(AtMostJobs, _ => JobBody.NoOp(tomorrow), TimeSpan.FromSeconds(options.Seconds ?? 10));
            rates.Add(created.PerSecond);
        }

        report.AtLeast("creates: 32 callers, one-off jobs", rates, 4000, 6000, "/s", new Distribution(cpu));
        report.Note($"201s received / time; {options.Seconds ?? 10} s or {AtMostJobs:#,0} jobs each, whichever ends first, into one growing data folder");
    }
}
