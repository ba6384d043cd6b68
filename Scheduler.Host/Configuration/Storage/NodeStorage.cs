namespace Scheduler.Host.Configuration.Storage;

/// <summary>The kinds of storage.</summary>
internal static class NodeStorage
{
    /// <summary>Takes what a kind of storage needs for this process alone; connects to nothing yet.</summary>
    /// <exception cref="StartException">It cannot be had.</exception>
    public static INodeStorage Take(StorageSettings settings) => settings switch
    {
        StorageSettings.Sqlite files => new SqliteStorage(DataFolder.Open(files.DataPath)),
        StorageSettings.MongoDb database => new MongoDbStorage(database),
        _ => throw new InvalidOperationException($"Unknown storage {settings}."),
    };
}
