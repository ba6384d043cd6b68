using Akka.Configuration;

namespace Scheduler.Persistence.Sqlite;

/// <summary>How one SQLite store works.</summary>
/// <param name="Path">The database file, absolute.</param>
/// <param name="MaxBatchRows">Rows in one transaction at most, above 0; a single atomic write may exceed it.</param>
/// <param name="QueueCapacity">Requests that wait for the writer before further ones wait for a place; above 0.</param>
/// <param name="ReadConnections">Reads at a time; above 0.</param>
/// <param name="CheckpointPages">Pages in the write-ahead log after which they are copied to the database file; above 0.</param>
/// <param name="KeepBack">How long after a commit writes that nobody waits for are kept back, for more to share their transaction; zero: not at all.</param>
internal sealed record SqliteStoreSettings(string Path, int MaxBatchRows, int QueueCapacity, int ReadConnections, int CheckpointPages, TimeSpan KeepBack)
{
    public static SqliteStoreSettings From(Config config, string path) => new(
        path,
        AtLeastOne(config, "max-batch-rows"),
        AtLeastOne(config, "queue-capacity"),
        AtLeastOne(config, "read-connections"),
        AtLeastOne(config, "checkpoint-pages"),
        config.GetTimeSpan("keep-back", TimeSpan.Zero, allowInfinite: false));

    private static int AtLeastOne(Config config, string key)
    {
        var value = config.GetInt(key, 0);
        return value > 0 ? value : throw new ConfigurationException($"The setting '{key}' of the SQLite journal must be above 0, but is {value}.");
    }
}
