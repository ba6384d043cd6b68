namespace Scheduler.Benchmarks;

/// <summary>Values in order, and what is read off them (nearest rank).</summary>
internal sealed class Distribution
{
    private readonly double[] _sorted;

    public Distribution(IEnumerable<double> values)
    {
        _sorted = [.. values.Order()];
        if (_sorted.Length == 0)
            throw new ArgumentException("Nothing was measured.", nameof(values));
    }

    public double Min => _sorted[0];

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double Max => _sorted[^1];

    /// <summary>The middle one of a few repeats.</summary>
    public static double MedianOf(IEnumerable<double> values) => new Distribution(values).Median;

    private double At(double share) => _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];
}
