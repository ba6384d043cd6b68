using System.Collections.Concurrent;
using System.ComponentModel;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// The sessions of this process's transactions, noted in the database. A process that is killed leaves its transactions open, and what they hold can't be written until
/// the server ends them, after a minute; the next one on the same machine ends the sessions that it finds noted, where the server lets it, and so do the other
/// nodes of its cluster when they have taken it for dead.
/// </summary>
internal sealed class MongoSessions
{
    private const string Id = "_id";
    private const string Machine = "Machine";
    private const string Process = "Process";
    private const string Program = "Program";
    private const string Incarnation = "Incarnation";
    private const string At = "At";
    private const string Owner = "Node";

    // A process restarted in a container has the number that the one before it had.
    private static readonly string s_incarnation = Guid.NewGuid().ToString("N");

    private static readonly string s_program = System.Diagnostics.Process.GetCurrentProcess().ProcessName;

    // Longer than any process is restarted after.
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<BsonValue, bool> _noted = new();

    /// <summary>What the other nodes know this process by; null where there are none.</summary>
    public string? Node { get; set; }

    private static FilterDefinitionBuilder<BsonDocument> Filter => Builders<BsonDocument>.Filter;

    /// <summary>What a session is noted as.</summary>
    /// <param name="session">Its id.</param>
    /// <param name="process">Whose.</param>
    /// <param name="program">The process's name.</param>
    /// <param name="incarnation">What tells the process from another of that number.</param>
    /// <param name="node">What other nodes know the process by; null where there are none.</param>
    public static BsonDocument ToDocument(BsonValue session, int process, string program, string incarnation, string? node = null) => new()
    {
        { Id, session },
        { Machine, Environment.MachineName },
        { Process, process },
        { Program, program },
        { Incarnation, incarnation },
        { At, TimeProvider.System.GetUtcNow().UtcDateTime },
        { Owner, node, node is not null },
    };

    /// <summary>A session that is noted.</summary>
    public async Task<IClientSessionHandle> StartAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        var session = await collections.Client.StartSessionAsync(cancellationToken: cancellationToken);
        // The driver uses few, again and again.
        var id = session.ServerSession.Id["id"];
        if (_noted.ContainsKey(id))
            return session;
        try
        {
            await collections.Sessions.ReplaceOneAsync(
                Filter.Eq(Id, id),
                ToDocument(id, Environment.ProcessId, s_program, s_incarnation, Node),
                new ReplaceOptions { IsUpsert = true },
                cancellationToken);
            _noted.TryAdd(id, true);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            // It is only a help.
        }

        return session;
    }

    /// <summary>Ends the sessions that processes of this machine noted which are there no more.</summary>
    public static async Task EndDeadAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        try
        {
            var noted = await collections.Sessions.Find(Filter.Eq(Machine, Environment.MachineName)).ToListAsync(cancellationToken);
            var dead = noted.FindAll(static one => IsDead(one[Process].ToInt32(), one[Program].AsString, one[Incarnation].AsString));
            await EndAsync(collections, dead, cancellationToken);
            await collections.Sessions.DeleteManyAsync(Filter.Lt(At, (TimeProvider.System.GetUtcNow() - s_kept).UtcDateTime), cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            // An account that may not: the server ends them a little later.
        }
    }

    /// <summary>Ends the sessions that a node noted which the others have taken for dead.</summary>
    public static async Task EndOfNodeAsync(MongoCollections collections, string node, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(collections, await collections.Sessions.Find(Filter.Eq(Owner, node)).ToListAsync(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            // As above.
        }
    }

    private static async Task EndAsync(MongoCollections collections, List<BsonDocument> dead, CancellationToken cancellationToken)
    {
        if (dead.Count == 0)
            return;
        await collections.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            new BsonDocument("killSessions", new BsonArray(dead.Select(static one => new BsonDocument("id", one[Id])))),
            cancellationToken: cancellationToken);
        await collections.Sessions.DeleteManyAsync(Filter.In(Id, dead.Select(static one => one[Id])), cancellationToken);
    }

    /// <summary>Forgets the sessions of this process: it ends, and leaves nothing open.</summary>
    public async Task ForgetAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        if (_noted.IsEmpty)
            return;
        try
        {
            await collections.Sessions.DeleteManyAsync(Filter.In(Id, _noted.Keys), cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            // The next process finds nothing to end in them.
        }
    }

    /// <summary>Another process's sessions that are ended by mistake cost it a repetition, no more.</summary>
    private static bool IsDead(int process, string program, string incarnation)
    {
        if (incarnation == s_incarnation)
            return false;
        if (process == Environment.ProcessId)
            return true;
        try
        {
            using var other = System.Diagnostics.Process.GetProcessById(process);
            return other.ProcessName != program;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return true;
        }
    }
}
