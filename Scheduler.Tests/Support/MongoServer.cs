using MongoDB.Driver;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>
/// The server that MongoDB specs run against: whatever <c>SCHEDULER_TEST_MONGODB</c> names. Without one they are skipped, which the CI
/// script takes for a failure.
/// </summary>
internal static class MongoServer
{
    private const string Variable = "SCHEDULER_TEST_MONGODB";

    private static string? ConnectionString => Environment.GetEnvironmentVariable(Variable);

    /// <summary>A connection string with a database of its own; skips the spec when there is no server.</summary>
    public static string NewDatabase()
    {
        Skip.If(string.IsNullOrEmpty(ConnectionString), $"No MongoDB: set {Variable} to a connection string of a replica set, e.g. mongodb://127.0.0.1:27017/?directConnection=true");
        return new MongoUrlBuilder(ConnectionString) { DatabaseName = $"spec_{Guid.NewGuid():N}" }.ToString();
    }

    /// <summary>Removes a database that <see cref="NewDatabase"/> gave.</summary>
    public static void Drop(string connectionString)
    {
        var url = MongoUrl.Create(connectionString);
        new MongoClient(url).DropDatabase(url.DatabaseName);
    }
}
