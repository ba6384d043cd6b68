using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Sqlite;

namespace Scheduler.Tests.Support;

/// <summary>
/// Journal and read model for specs that are about what lies above them. SQLite; with <c>SCHEDULER_TEST_STORAGE=MongoDb</c> a database on the
/// server that <see cref="MongoServer"/> finds, so that the same specs show the same of both.
/// </summary>
internal sealed class StorageUnderTest : IDisposable
{
    private const string Variable = "SCHEDULER_TEST_STORAGE";

    private readonly TemporaryFolder _folder = new();
    private readonly string? _database;
    private IDisposable? _views;

    public StorageUnderTest()
    {
        var kind = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Enum.Parse<TestedStorage>(named, ignoreCase: true) : TestedStorage.Sqlite;
        _database = kind is TestedStorage.MongoDb ? MongoServer.NewDatabase() : null;
    }

    /// <summary>Makes the journal an actor system's own.</summary>
    public Config Persistence => _database is null ? SqlitePersistence.Config(_folder.File("journal.db")) : MongoPersistence.Config(_database);

    /// <summary>Plugin id of the read journal.</summary>
    public string ReadJournalId => _database is null ? SqlitePersistence.ReadJournalId : MongoPersistence.ReadJournalId;

    /// <summary>Opens the read model; closed with this.</summary>
    public IJobViewStore OpenViews()
    {
        if (_database is null)
        {
            var files = new SqliteJobViewStore(_folder.File("views.db"), NullLogger<SqliteJobViewStore>.Instance);
            _views = files;
            return files;
        }

        var collections = new MongoJobViewStore(_database);
        _views = collections;
        // Constructors can't wait otherwise; what is waited for runs on the pool.
        Task.Run(() => collections.OpenAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return collections;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _views?.Dispose();
        _folder.Dispose();
        if (_database is not null)
            MongoServer.Drop(_database);
    }
}
