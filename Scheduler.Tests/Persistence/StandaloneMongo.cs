using Scheduler.Tests.Support;

namespace Scheduler.Tests.Persistence;

/// <summary>One standalone server for all specs that ask for one.</summary>
internal static class StandaloneMongo
{
    private static readonly Lazy<Task<MongoServerProcess>> s_server = new(() => MongoServerProcess.StartAsync(MongoServerProcess.Standalone));

    /// <summary>A database of its own; skips the spec where no server can be started.</summary>
    public static MongoDatabase NewDatabase() =>
        new(s_server.Value.GetAwaiter().GetResult().Database($"spec_{Guid.NewGuid():N}"));
}
