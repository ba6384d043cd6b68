namespace Scheduler.Tests.Support;

/// <summary>A kind of storage that end-to-end specs run on.</summary>
public enum TestedStorage
{
    /// <summary>The embedded default.</summary>
    Sqlite,

    /// <summary>The server that <see cref="MongoServer"/> finds.</summary>
    MongoDb,
}

/// <summary>What a host keeps, in one kind of storage, for as long as a spec lasts and whatever becomes of the host.</summary>
internal sealed class HostData : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string? _database;

    private readonly bool _dropped;

    private HostData(string? database, bool dropped = false)
    {
        _database = database;
        _dropped = dropped;
    }

    /// <summary>Empty; skips the spec where there is no such storage.</summary>
    public static HostData New(TestedStorage storage) => storage switch
    {
        TestedStorage.Sqlite => new HostData(database: null),
        TestedStorage.MongoDb => new HostData(MongoServer.NewDatabase()),
        _ => throw new ArgumentOutOfRangeException(nameof(storage), storage, message: null),
    };

    /// <summary>In a database on a server that the spec has for itself.</summary>
    /// <param name="connectionString">With the database's name.</param>
    /// <param name="droppedByItsServer">True where the server takes its data with it, so that nothing is left to drop.</param>
    public static HostData On(string connectionString, bool droppedByItsServer) => new(connectionString, droppedByItsServer);

    /// <summary>Starts a host on it and waits until it is ready.</summary>
    public Task<HostProcess> StartAsync(params string[] arguments) => HostProcess.StartAsync(_folder.Path, [.. Storage(), .. arguments]);

    /// <summary>Starts the sample with a handler of its own on it, and waits until it is ready.</summary>
    public Task<HostProcess> StartSampleAsync() => HostProcess.StartSampleAsync(_folder.Path, [.. Storage()]);

    /// <summary>Starts a host on it and waits for nothing.</summary>
    public HostProcess Launch(params string[] arguments) => HostProcess.Launch(_folder.Path, [.. Storage(), .. arguments]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder.Dispose();
        if (_database is not null && !_dropped)
            MongoServer.Drop(_database);
    }

    private IEnumerable<string> Storage() => _database is null
        ? []
        : ["--Scheduler:Storage=MongoDb", $"--Scheduler:MongoDb:ConnectionString={_database}", "--Scheduler:Http:AllowedAddresses=loopback"];
}
