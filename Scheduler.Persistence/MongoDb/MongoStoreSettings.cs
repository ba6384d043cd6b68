using Akka.Configuration;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>How one MongoDB store works.</summary>
/// <param name="Url">The servers and the database.</param>
internal sealed record MongoStoreSettings(MongoUrl Url)
{
    /// <summary>Collection of the events.</summary>
    public string Events { get; init; } = "EventJournal";

    /// <summary>Collection of the highest sequence numbers of those whose events are all deleted.</summary>
    public string Metadata { get; init; } = "Metadata";

    /// <summary>Collection of the snapshots.</summary>
    public string Snapshots { get; init; } = "SnapshotStore";

    /// <summary>True to make collections and indexes where they are missing.</summary>
    public bool Initialize { get; init; } = true;

    /// <summary>For each call of the database, and for a batch with its repetitions.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From a transaction's begin to when its commit is sent at the latest. Whatever a call may take, those who follow the journal count on it.</summary>
    public TimeSpan TransactionLimit => CallTimeout < MongoTailSettings.Writing ? CallTimeout : MongoTailSettings.Writing;

    /// <summary>Batches in flight; above 0.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>Events in one batch at most, above 0; a single atomic write may exceed it.</summary>
    public int MaxBatchDocuments { get; init; } = 500;

    /// <summary>Requests that wait in a lane before further ones wait for a place; above 0.</summary>
    public int QueueCapacity { get; init; } = 10_000;

    /// <summary>Calls other than writes of events at a time; above 0.</summary>
    public int ConcurrentCalls { get; init; } = 32;

    /// <summary>The largest payload of one event, in bytes, above 0; the server's limit of 16 MiB for a document is a last guard.</summary>
    public long MaxEventBytes { get; init; } = 8 << 20;

    /// <summary>What operators read: servers and database, no credentials.</summary>
    public string Name => $"{string.Join(',', Url.Servers.Select(server => server.ToString()))}/{Url.DatabaseName}";

    public static MongoStoreSettings From(Config journal, Config snapshots, string connectionString)
    {
        var timeout = journal.GetTimeSpan("call-timeout", TimeSpan.FromSeconds(5));
        if (timeout <= TimeSpan.Zero)
            throw new ConfigurationException("The setting 'call-timeout' of the MongoDB journal must be above 0.");
        return new MongoStoreSettings(Parse(connectionString))
        {
            Events = Collection(journal, "collection"),
            Metadata = Collection(journal, "metadata-collection"),
            Snapshots = Collection(snapshots, "collection"),
            Initialize = journal.GetBoolean("auto-initialize", true),
            CallTimeout = timeout,
            Lanes = AtLeastOne(journal, "lanes"),
            MaxBatchDocuments = AtLeastOne(journal, "max-batch-documents"),
            QueueCapacity = AtLeastOne(journal, "queue-capacity"),
            ConcurrentCalls = AtLeastOne(journal, "concurrent-calls"),
            MaxEventBytes = AtLeastOne(journal, "max-event-bytes"),
        };
    }

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ConfigurationException">It isn't one, or names no database. The message doesn't repeat it: it may hold a password.</exception>
    public static MongoUrl Parse(string connectionString)
    {
        var url = TryParse(connectionString)
            ?? throw new ConfigurationException("The setting 'connection-string' of the MongoDB journal isn't one: mongodb://host/DATABASE?replicaSet=rs0.");
        return string.IsNullOrEmpty(url.DatabaseName)
            ? throw new ConfigurationException(
                "The setting 'connection-string' of the MongoDB journal names no database: mongodb://host/DATABASE?replicaSet=rs0.")
            : url;
    }

    private static MongoUrl? TryParse(string connectionString)
    {
        try
        {
            return new MongoUrl(connectionString);
        }
        catch (Exception e) when (e is MongoConfigurationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string Collection(Config config, string key) => config.GetString(key, "") is { Length: > 0 } name
        ? name
        : throw new ConfigurationException($"The setting '{key}' of the MongoDB plugin must name a collection.");

    private static int AtLeastOne(Config config, string key)
    {
        var value = config.GetInt(key, 0);
        return value > 0 ? value : throw new ConfigurationException($"The setting '{key}' of the MongoDB journal must be above 0, but is {value}.");
    }
}
