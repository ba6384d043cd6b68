using MongoDB.Driver;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>Reads where a node keeps its jobs: <c>Storage</c>, <c>DataPath</c> and <c>MongoDb:…</c>.</summary>
internal static class StorageSettingsReader
{
    private const string DefaultDataPath = "./data";
    private const string SqliteKind = nameof(StorageSettings.Sqlite);
    private const string MongoDbKind = nameof(StorageSettings.MongoDb);
    private const string ConnectionStringKey = "MongoDb:ConnectionString";
    private const string ConnectionStringForm = "of the form mongodb://HOST:PORT/DATABASE?replicaSet=NAME; what is not a letter or a digit in a user's name or password is percent-encoded";
    private const string DefaultConnectionString = "mongodb://127.0.0.1:27017/scheduler";

    /// <summary>Reads what belongs to either kind, so that a node is switched over by one setting.</summary>
    public static StorageSettings Read(SettingsReader reader)
    {
        var files = new StorageSettings.Sqlite(DataPath(reader));
        var database = Database(reader);
        switch (reader.Text("Storage", SqliteKind))
        {
            case var text when text.Equals(SqliteKind, StringComparison.OrdinalIgnoreCase):
                return files;
            case var text when text.Equals(MongoDbKind, StringComparison.OrdinalIgnoreCase):
                return database;
            case var text:
                reader.Refuse("Storage", text, $"{SqliteKind} or {MongoDbKind}");
                return files;
        }
    }

    private static string DataPath(SettingsReader reader)
    {
        var path = reader.Text("DataPath", DefaultDataPath);
        if (!path.Contains('\0'))
            return Path.GetFullPath(path);
        reader.Refuse("DataPath", path, "the path of a folder");
        return path;
    }

    private static StorageSettings.MongoDb Database(SettingsReader reader)
    {
        try
        {
            var url = new MongoUrl(reader.Text(ConnectionStringKey, DefaultConnectionString));
            if (!string.IsNullOrEmpty(url.DatabaseName))
                return new StorageSettings.MongoDb(url);
            reader.RefuseSecret(ConnectionStringKey, "names no database", ConnectionStringForm);
        }
        catch (Exception e) when (e is MongoConfigurationException or FormatException or ArgumentException)
        {
            reader.RefuseSecret(ConnectionStringKey, "is not a connection string", ConnectionStringForm);
        }

        return new StorageSettings.MongoDb(new MongoUrl(DefaultConnectionString));
    }
}
