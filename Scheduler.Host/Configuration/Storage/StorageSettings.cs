using MongoDB.Driver;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>Where jobs are kept: <c>Scheduler:Storage</c> and what belongs to it.</summary>
internal abstract record StorageSettings
{
    private StorageSettings()
    {
    }

    /// <summary>Files in the data folder, for one process.</summary>
    /// <param name="DataPath">The data folder, absolute.</param>
    internal sealed record Sqlite(string DataPath) : StorageSettings;

    /// <summary>A database that any number of nodes share. The data folder is not used.</summary>
    /// <param name="Url">The servers and the database; may hold a password, which nothing may print.</param>
    internal sealed record MongoDb(MongoUrl Url) : StorageSettings
    {
        /// <summary>What operators read: no credentials.</summary>
        public override string ToString() => $"{string.Join(',', Url.Servers.Select(server => server.ToString()))}/{Url.DatabaseName}";
    }
}
