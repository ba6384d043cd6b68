namespace Scheduler.Benchmarks.Load;

/// <summary>How a figure changes over time, by least squares: what levels off has none.</summary>
internal static class Slope
{
    /// <summary>The change a minute.</summary>
    public static double PerMinute(IReadOnlyList<(TimeSpan At, double Figure)> samples)
    {
        var (x, y) = (samples.Average(static s => s.At.TotalMinutes), samples.Average(static s => s.Figure));
        var spread = samples.Sum(s => Math.Pow(s.At.TotalMinutes - x, 2));
        return spread == 0 ? 0 : samples.Sum(s => (s.At.TotalMinutes - x) * (s.Figure - y)) / spread;
    }
}
