namespace Scheduler.Benchmarks;

/// <summary>A host to measure.</summary>
/// <param name="Label">Printed before its figures; empty for this build.</param>
/// <param name="Path">Its program; null for the one that was built with the benchmark.</param>
internal sealed record Build(string Label, string? Path);

/// <summary>Takes a figure of one round.</summary>
internal delegate void Take(string what, string unit, double figure, double? mark, bool isMost);

/// <summary>The builds that are compared: rounds of one and the other alternate, so that a busier hour of the machine is in both.</summary>
internal sealed class Builds(string? against)
{
    private readonly Build[] _all = against is null ? [new("", null)] : [new("this ", null), new("other ", against)];

    /// <summary>Runs a round of each build in turn, as often as asked; prints each figure's median, and with two builds the median of the rounds' ratios.</summary>
    public async Task InTurnsAsync(int repeats, Report report, Func<Build, Take, Task> round)
    {
        var figures = new Dictionary<string, Figure>(StringComparer.Ordinal);
        var cpu = new List<double>();
        for (var i = 0; i < repeats; i++)
        {
            foreach (var build in _all)
            {
                cpu.Add(CpuLoop.Milliseconds());
                await round(build, (what, unit, figure, mark, isMost) =>
                {
                    if (!figures.TryGetValue(what, out var known))
                        figures.Add(what, known = new Figure(unit, mark, isMost));
                    known.Of(build).Add(figure);
                });
            }
        }

        foreach (var (what, figure) in figures)
            figure.Print(report, what, _all, new Distribution(cpu));
    }

    private sealed class Figure(string unit, double? mark, bool isMost)
    {
        private readonly Dictionary<string, List<double>> _rounds = new(StringComparer.Ordinal);

        public List<double> Of(Build build) => _rounds.TryGetValue(build.Label, out var rounds) ? rounds : _rounds[build.Label] = [];

        public void Print(Report report, string what, Build[] builds, Distribution cpu)
        {
            foreach (var build in builds)
            {
                if (mark is not { } number)
                    report.Plain(build.Label + what, Of(build), unit, cpu);
                else if (isMost)
                    report.AtMost(build.Label + what, Of(build), number, nextMark: null, unit, cpu);
                else
                    report.AtLeast(build.Label + what, Of(build), number, nextMark: null, unit, cpu);
            }

            if (builds.Length == 2)
                report.Plain("  this / other", [.. Of(builds[0]).Zip(Of(builds[1]), static (one, other) => one / other)], "", cpu);
        }
    }
}
