using DotNet.Testcontainers.Builders;
using MongoDB.Driver;
using Testcontainers.MongoDb;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>
/// The server that MongoDB specs run against: whatever <c>SCHEDULER_TEST_MONGODB</c> names, or else a container, one for the whole test run, where a
/// Docker engine answers. Without either they are skipped, which the CI script takes for a failure.
/// </summary>
internal static class MongoServer
{
    private const string Variable = "SCHEDULER_TEST_MONGODB";
    private const string Image = "mongo:8.0";

    /// <summary>Found once a process. An engine that answers and can't run the container is an error of every spec, not a reason to skip it.</summary>
    private static readonly Lazy<string?> Server = new(() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Task.Run(StartContainerAsync).GetAwaiter().GetResult());

    /// <summary>A connection string with a database of its own; skips the spec when there is no server.</summary>
    public static string NewDatabase()
    {
        var server = Server.Value;
        Skip.If(server is null, $"No MongoDB: start Docker, or set {Variable} to a connection string of a replica set, e.g. mongodb://127.0.0.1:27017/?directConnection=true");
        return WithDatabase(server!, $"spec_{Guid.NewGuid():N}");
    }

    /// <summary>Removes a database that <see cref="NewDatabase"/> gave.</summary>
    public static void Drop(string connectionString)
    {
        var url = MongoUrl.Create(connectionString);
        new MongoClient(url).DropDatabase(url.DatabaseName);
    }

    /// <summary>Names a database. The user is still looked up where they were before: a database that is named would be taken for theirs.</summary>
    internal static string WithDatabase(string server, string name)
    {
        var url = new MongoUrlBuilder(server);
        if (url.Username is not null && url.AuthenticationSource is null)
            url.AuthenticationSource = url.DatabaseName ?? "admin";
        url.DatabaseName = name;
        return url.ToString();
    }

    /// <summary>Testcontainers removes it when this process has ended, however it does.</summary>
    private static async Task<string?> StartContainerAsync()
    {
        try
        {
            var container = new MongoDbBuilder(Image).WithReplicaSet("rs0").Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }
}
