using Akka.Actor;
using Akka.Configuration;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Actors.Retention;
using Scheduler.Persistence.Sqlite;
using Scheduler.Persistence.Store;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>Two files in a folder that this process has for itself.</summary>
internal sealed class SqliteStorage(DataFolder folder) : INodeStorage
{
    /// <inheritdoc />
    public string JournalId => SqlitePersistence.JournalId;

    /// <inheritdoc />
    public string ReadJournalId => SqlitePersistence.ReadJournalId;

    /// <inheritdoc />
    public Config Persistence => SqlitePersistence.Config(folder.JournalFile);

    /// <inheritdoc />
    public string Description => $"{folder.Path} (Sqlite)";

    /// <inheritdoc />
    public void AddViews(IServiceCollection services, RetentionOptions retention) => services
        .AddSingleton(s => new SqliteJobViewStore(folder.ViewsFile, s.GetRequiredService<ILogger<SqliteJobViewStore>>()))
        .AddSingleton<IJobViewStore>(s => s.GetRequiredService<SqliteJobViewStore>());

    /// <inheritdoc />
    public async Task OpenAsync(IServiceProvider services, ActorSystem system)
    {
        try
        {
            _ = services.GetRequiredService<SqliteJobViewStore>();
            await SqlitePersistence.OpenAsync(system);
        }
        catch (Exception e) when (e is StoreException or ViewsUnavailableException)
        {
            throw new StartException($"The data in '{folder.Path}' cannot be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => folder.Dispose();
}
