namespace Scheduler.Actors.Projections;

/// <summary>How much may be looked at for a page of a list that no index has as it is asked for.</summary>
/// <param name="Entries">Entries of an index that has all that is asked for.</param>
/// <param name="Rows">Rows that lie together.</param>
/// <param name="Scattered">Rows that lie anywhere, or rows and something of each.</param>
internal sealed record ListBounds(int Entries, int Rows, int Scattered)
{
    /// <summary>What costs about 10 ms each on the machine that docs/benchmarks.md names.</summary>
    public static ListBounds Default { get; } = new(15_000, 10_000, 2_000);
}
