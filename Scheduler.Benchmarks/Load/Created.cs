namespace Scheduler.Benchmarks.Load;

/// <summary>Jobs that were acknowledged with 201, and how long all of them took together.</summary>
internal sealed record Created(IReadOnlyList<string> Ids, TimeSpan Took)
{
    public double PerSecond => Ids.Count / Took.TotalSeconds;
}
