using System.Globalization;
using System.Text.Json;
using Scheduler.Benchmarks.Http;
using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>
/// A fleet that runs for long beside a retention that is short, so that minutes are many times what is kept: whether files, memory and handles level off. A year
/// of runs that are kept for a month is twelve times what is kept; ten minutes of runs that are kept for one are ten times.
/// </summary>
internal sealed class Soak : IMeasure
{
    private const int Jobs = 500;
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(10);

    public string Name => "soak";

    public string About => "500 every-second jobs whose runs are kept for a minute, for --minutes N: the curves and slopes of files, memory, handles and lateness";

    public async Task RunAsync(Options options, Report report)
    {
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        await using var load = await ServerLoad.StartAsync(warm: false, arguments: ["--Scheduler:Retention:RunAge=PT1M", "--Scheduler:Retention:Interval=PT1S"]);
        await load.Callers.CreateAsync(Jobs, static _ => JobBody.EverySecond);
        using var connection = await LeanConnection.OpenAsync(load.Host.Address);
        var curves = new Dictionary<string, List<(TimeSpan At, double Figure)>>(StringComparer.Ordinal);
        var since = TimeProvider.System.GetTimestamp();
        var end = TimeSpan.FromMinutes(options.Minutes);
        report.Note("min   journal MB   views MB   logs MB   resident MB   handles   lateness p99 ms");
        for (var at = TimeSpan.Zero; at < end; at = TimeProvider.System.GetElapsedTime(since))
        {
            await Task.Delay(s_between, TimeProvider.System);
            (string Name, double Figure)[] figures =
            [
                ("journal, MB", Megabytes(load, "journal.db")),
                ("views, MB", Megabytes(load, "views.db")),
                ("logs, MB", Megabytes(load, "journal.db-wal") + Megabytes(load, "views.db-wal")),
                ("resident, MB", (await ProcessMemory.OfAsync(load.Host.Id)).ResidentMb),
                ("handles", Directory.GetFiles($"/proc/{load.Host.Id}/fd").Length),
                ("lateness p99, ms", await LatenessAsync(connection)),
            ];
            foreach (var (name, figure) in figures)
            {
                if (!curves.TryGetValue(name, out var curve))
                    curves.Add(name, curve = []);
                curve.Add((TimeProvider.System.GetElapsedTime(since), figure));
            }

            report.Note(string.Create(CultureInfo.InvariantCulture, $"{at.TotalMinutes:0.0}   {string.Join("   ", figures.Select(static f => f.Figure.ToString("0.0", CultureInfo.InvariantCulture)))}"));
        }

        await load.Host.StopAsync();
        foreach (var (name, curve) in curves)
        {
            var late = curve.Skip(curve.Count / 2).ToList();
            report.Plain($"soak: {name}, at the end", [late[^1].Figure], "", cpu);
            report.Plain("  change a minute, second half", [Slope.PerMinute(late)], "", cpu);
        }

        var (stored, runs) = (StoredBytes.In(load.DataPath), new StoredRuns(load.DataPath));
        report.AtMost("soak: journal kept a run that it has", [(double)stored.Journal / runs.InJournal], 700, nextMark: null, "B", cpu);
        report.AtMost("soak: views kept a run that they have", [(double)stored.Views / runs.InViews], 500, nextMark: null, "B", cpu);
        report.Note($"{Jobs} jobs of every PT1S with a no-op handler, RunAge PT1M; files as the system shows them, kept: pages that hold something after the end, by attempts in the journal and rows of runs");
    }

    private static double Megabytes(ServerLoad load, string file) =>
        new FileInfo(Path.Combine(load.DataPath, file)) is { Exists: true } found ? found.Length / 1048576.0 : 0;

    private static async Task<double> LatenessAsync(LeanConnection connection)
    {
        var answer = await connection.SendAsync(LeanConnection.Request("GET", "/runs?limit=1000&status=completed&fields=lateness_ms"));
        using var runs = JsonDocument.Parse(answer.Body);
        var figures = runs.RootElement.EnumerateArray().Where(static run => run.GetProperty("lateness_ms").ValueKind == JsonValueKind.Number).Select(static run => run.GetProperty("lateness_ms").GetDouble()).ToList();
        return figures.Count == 0 ? 0 : new Distribution(figures).P99;
    }
}
