namespace Scheduler.Benchmarks;

/// <summary>The table, a line at a time, so that what was measured is seen when a later measure fails.</summary>
internal sealed class Report(TextWriter writer)
{
    private readonly Dictionary<string, double> _medians = new(StringComparer.Ordinal);

    /// <summary>The table's head.</summary>
    public void Begin()
    {
        writer.WriteLine($"{Environment.ProcessorCount} cores, {Environment.OSVersion}, .NET {Environment.Version}. The callers share the cores with the server.");
        writer.WriteLine("Compare only with figures beside which the CPU loop took as long; 0.85 to 1.2 is noise.");
#if DEBUG
        writer.WriteLine("A DEBUG build: these figures say nothing.");
#endif
        writer.WriteLine();
        Line("what", "measured", "range", "mark", "cpu loop");
        writer.WriteLine(new string('-', 140));
    }

    /// <summary>A figure that is to be large.</summary>
    public void AtLeast(string what, IReadOnlyList<double> figures, double mark, double? nextMark, string unit, Distribution cpu) =>
        Figure(what, figures, unit, Marks("≥", mark, nextMark, reached => Distribution.MedianOf(figures) >= reached), cpu);

    /// <summary>A figure that is to be small.</summary>
    public void AtMost(string what, IReadOnlyList<double> figures, double mark, double? nextMark, string unit, Distribution cpu) =>
        Figure(what, figures, unit, Marks("≤", mark, nextMark, kept => Distribution.MedianOf(figures) <= kept), cpu);

    /// <summary>A figure without a mark.</summary>
    public void Plain(string what, IReadOnlyList<double> figures, string unit, Distribution cpu) =>
        Figure(what, figures, unit, marks: "", cpu);

    /// <summary>One figure of this run by another one, where both were taken: what tells something across machines.</summary>
    public void Ratio(string what, string figure, string by, double? mark)
    {
        if (_medians.TryGetValue(figure, out var one) && _medians.TryGetValue(by, out var other) && other > 0)
            Line(what, $"{Number(one / other)} ×", "", mark is { } least ? $"≥ {Number(least)} {(one / other >= least ? "met" : "MISSED")}" : "", "");
    }

    /// <summary>How something was measured, in words.</summary>
    public void Note(string text) => writer.WriteLine($"  ({text})");

    private static string Marks(string sign, double mark, double? next, Func<double, bool> met)
    {
        var first = One(mark);
        return next is { } further ? $"{first}, next {One(further)}" : first;

        string One(double value) => $"{sign} {Number(value)} {(met(value) ? "met" : "MISSED")}";
    }

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,0"),
        >= 10 => value.ToString("0.0"),
        _ => value.ToString("0.00"),
    };

    private void Figure(string what, IReadOnlyList<double> figures, string unit, string marks, Distribution cpu)
    {
        var all = new Distribution(figures);
        _medians[what] = all.Median;
        var range = figures.Count == 1 ? "" : $"{Number(all.Min)} – {Number(all.Max)}";
        Line(what, $"{Number(all.Median)} {unit}", range, marks, $"{cpu.Median:0} ms");
    }

    private void Line(string what, string measured, string range, string marks, string cpu) =>
        writer.WriteLine($"{what,-56} {measured,14}  {range,-18} {marks,-40} {cpu,8}");
}
