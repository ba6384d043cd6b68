using System.Text.Json.Nodes;

namespace Scheduler.Tests.Support;

/// <summary>Bodies of <c>POST /jobs</c>.</summary>
internal static class JobRequests
{
    /// <summary>A job for the default handler: due at an instant, takes a while, fails a number of times first.</summary>
    public static JsonObject Default(string name, DateTimeOffset at, double duration = 0, int fail = 0) => new()
    {
        ["name"] = name,
        ["schedule"] = At(at),
        ["target"] = new JsonObject { ["handler"] = "default" },
        ["parameters"] = new JsonObject { ["duration"] = duration, ["fail"] = fail },
        ["retry"] = Retry(TimeSpan.FromSeconds(1)),
    };

    /// <summary>A job that calls a URL.</summary>
    public static JsonObject Webhook(string name, DateTimeOffset at, string url, TimeSpan? retryAfter = null) => new()
    {
        ["name"] = name,
        ["schedule"] = At(at),
        ["target"] = new JsonObject
        {
            ["http"] = new JsonObject { ["method"] = "POST", ["url"] = url, ["body"] = new JsonObject { ["name"] = name } },
        },
        ["retry"] = Retry(retryAfter ?? TimeSpan.FromSeconds(1)),
    };

    private static JsonObject At(DateTimeOffset at) => new() { ["at"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") };

    // More attempts than a crash and the asked-for failures use up together.
    private static JsonObject Retry(TimeSpan after) => new()
    {
        ["max_attempts"] = 8,
        ["backoff"] = "fixed",
        ["initial"] = $"PT{after.TotalSeconds}S",
    };
}
