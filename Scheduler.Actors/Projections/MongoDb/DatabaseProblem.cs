using System.Net.Sockets;
using MongoDB.Driver;
using MongoDB.Driver.Core.Servers;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Says in a sentence why a database can't be used. Never says anything of credentials.</summary>
internal static class DatabaseProblem
{
    private const int Unauthorized = 13;

    public static string Describe(Exception problem, MongoClient client) => problem switch
    {
        MongoAuthenticationException => "the server refuses the credentials.",
        MongoNotPrimaryException => "the server is read-only: it is not the primary of its replica set.",
        MongoCommandException { Code: Unauthorized } e => $"the user lacks a right: {e.Message}",
        TimeoutException or OperationCanceledException => Unreachable(client),
        _ => Outermost(problem),
    };

    private static string Unreachable(MongoClient client)
    {
        var servers = client.Cluster.Description.Servers;
        foreach (var server in servers)
        {
            switch (Chain(server.HeartbeatException).OfType<SocketException>().FirstOrDefault()?.SocketErrorCode)
            {
                case SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData:
                    return $"the host of {Servers(client)} is unknown.";
                case SocketError.ConnectionRefused:
                    return $"{Servers(client)} refuses connections: is the server running?";
                default:
                    continue;
            }
        }

        return servers.Any(s => s.State is ServerState.Connected) && !servers.Any(s => s.Type.IsWritable())
            ? $"{Servers(client)} answers, but takes no writes: there is no primary, or its replica set has another name."
            : $"no answer in time from {Servers(client)}.";
    }

    private static string Servers(MongoClient client) => string.Join(", ", client.Settings.Servers);

    private static string Outermost(Exception problem) => Chain(problem).OfType<SocketException>().FirstOrDefault()?.Message ?? problem.Message;

    private static IEnumerable<Exception> Chain(Exception? problem)
    {
        for (var e = problem; e is not null; e = e.InnerException)
            yield return e;
    }
}
