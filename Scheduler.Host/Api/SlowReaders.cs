namespace Scheduler.Host.Api;

/// <summary>Who is cut off: a client that takes its answer more slowly. What is left of it stays in memory meanwhile.</summary>
internal static class SlowReaders
{
    /// <summary>What a client takes at least. The server's own 240 bytes a second would let it hold a page of a list for hours.</summary>
    public const double LeastBytesPerSecond = 4096;

    /// <summary>How long it may take nothing at all.</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);
}
