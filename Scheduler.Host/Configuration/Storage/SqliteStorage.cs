using Akka.Actor;
using Akka.Configuration;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Membership;
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
    public Config Cluster => Config.Empty;

    /// <inheritdoc />
    public string Description => $"{folder.Path} (Sqlite)";

    /// <inheritdoc />
    public void AddViews(IServiceCollection services, RetentionOptions retention) => services
        .AddSingleton(s => new SqliteJobViewStore(folder.ViewsFile, s.GetRequiredService<ILogger<SqliteJobViewStore>>(), s.GetRequiredService<TimeProvider>(), folder.JournalFile))
        .AddSingleton<IJobViewStore>(s => s.GetRequiredService<SqliteJobViewStore>());

    /// <inheritdoc />
    public INodeRegistry? OpenRegistry() => null;

    /// <inheritdoc />
    public IReferenceClock? ReferenceClock(ActorSystem system) => null;

    /// <inheritdoc />
    public async Task OpenAsync(IServiceProvider services, ActorSystem system, CancellationToken cancellationToken)
    {
        try
        {
            var views = services.GetRequiredService<SqliteJobViewStore>();
            var journal = await SqlitePersistence.StandAsync(system, cancellationToken);
            var start = SqlitePersistence.NewStart();
            // In this order: killed anywhere in between, what is found next time is known to the views.
            await views.FollowAsync(new JournalMark(journal.Journal, journal.Start, journal.Head), start, cancellationToken);
            await SqlitePersistence.StartAsync(system, start, cancellationToken);
            await views.BeginAsync(start, cancellationToken);
        }
        catch (Exception e) when (e is StoreException or ViewsUnavailableException)
        {
            throw new StartException($"The data in '{folder.Path}' cannot be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> BackUpAsync(ActorSystem system, CancellationToken cancellationToken)
    {
        var file = folder.NewBackupFile();
        await SqlitePersistence.BackUpAsync(system, file, cancellationToken);
        var copy = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        // Open, it can be read to its end; nothing is left of it then, however this process ends.
        File.Delete(file);
        return copy;
    }

    /// <inheritdoc />
    public void Dispose() => folder.Dispose();
}
