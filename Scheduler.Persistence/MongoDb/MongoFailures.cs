using System.Net.Sockets;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>What the driver's exceptions mean.</summary>
internal static class MongoFailures
{
    public const int DuplicateKey = 11000;

    private const int LockTimeout = 24;
    private const int WriteConflict = 112;
    private const int NoSuchTransaction = 251;

    /// <summary>In words for an operator.</summary>
    public static StoreException Explain(string store, Exception e) => e as StoreException ?? new StoreException(
        $"The event store '{store}' can't be used: {Reason(e)}", e);

    /// <summary>The server says that the transaction is no longer open: it is committed or aborted, and only reading tells which.</summary>
    public static bool IsOver(Exception e) =>
        e is MongoCommandException command
        && (command.Code == NoSuchTransaction || command.HasErrorLabel("TransientTransactionError"))
        && !command.HasErrorLabel("UnknownTransactionCommitResult");

    /// <summary>True where the same may well succeed next time.</summary>
    public static bool IsTransient(Exception e) => e is MongoException mongo && mongo.HasErrorLabel("TransientTransactionError");

    /// <summary>True where another transaction is in the way of something: nothing is stored, and the rest would be without that.</summary>
    public static bool IsConflict(Exception e) => IsTransient(e) && e is MongoCommandException { Code: WriteConflict or LockTimeout };

    /// <summary>True where no server was reached or it refused before doing anything.</summary>
    public static bool IsBeforeSending(Exception e) =>
        e is TimeoutException or MongoAuthenticationException or MongoNotPrimaryException or MongoConnectionPoolPausedException or StoreException
        || (e is MongoCommandException command && IsRefusal(command.Code));

    private static bool IsRefusal(int code) => code is 13 or 18 or 20 or 59;

    private static string Reason(Exception e) => e switch
    {
        OperationCanceledException => "it didn't answer in time.",
        MongoAuthenticationException => $"the server refuses the credentials of the connection string. {e.Message}",
        MongoCommandException { Code: 13 } => $"the account may not do that there. {e.Message}",
        MongoCommandException { Code: 18 } => $"the server refuses the credentials of the connection string. {e.Message}",
        MongoCommandException { Code: 20 } => $"the server has no transactions; it takes a replica set or a sharded cluster. {e.Message}",
        MongoNotPrimaryException => $"there is no primary, so it is read-only now. {e.Message}",
        MongoWaitQueueFullException => $"too many calls wait for a connection. {e.Message}",
        TimeoutException => $"{Unreachable(e)} {FirstLine(e.Message)}",
        MongoConnectionException => $"the connection was lost. {e.InnerException?.Message ?? e.Message}",
        _ => e.Message,
    };

    /// <summary>Selecting a server says why only inside the cluster's description, which is a page long.</summary>
    private static string Unreachable(Exception e)
    {
        var text = e.Message;
        if (text.Contains("ReplicaSetGhost", StringComparison.Ordinal) || text.Contains("replica set", StringComparison.OrdinalIgnoreCase))
            return "no primary of that replica set answers; is its name right?";
        if (text.Contains(nameof(SocketError.ConnectionRefused), StringComparison.Ordinal) || text.Contains("refused", StringComparison.OrdinalIgnoreCase))
            return "the connection is refused; does a server listen there?";
        if (text.Contains("not known", StringComparison.OrdinalIgnoreCase)
            || text.Contains("No such host", StringComparison.OrdinalIgnoreCase)
            || text.Contains("name resolution", StringComparison.OrdinalIgnoreCase))
            return "its host name is unknown.";
        return text.Contains("ReplicaSetSecondary", StringComparison.Ordinal)
            ? "there is no primary, so it is read-only now."
            : "no server answers.";
    }

    private static string FirstLine(string text)
    {
        var end = text.IndexOf(" Client view", StringComparison.Ordinal);
        var line = end > 0 ? text[..end] : text;
        return line.Length > 200 ? line[..200] + "…" : line;
    }
}
