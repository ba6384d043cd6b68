namespace Scheduler.Benchmarks.Load;

/// <summary>Bodies of <c>POST /jobs</c>.</summary>
internal static class JobBody
{
    /// <summary>A job whose run completes at once.</summary>
    public static string NoOp(DateTimeOffset due) =>
        $$$"""{"name":"no-op","schedule":{"at":"{{{Text(due)}}}"},"target":{"handler":"default"},"parameters":{"duration":0}}""";

    /// <summary>A job whose run completes at once, each second.</summary>
    public const string EverySecond = """{"name":"every-second","schedule":{"every":"PT1S"},"target":{"handler":"default"},"parameters":{"duration":0}}""";

    /// <summary>A job that calls a URL.</summary>
    public static string Webhook(DateTimeOffset due, string url) =>
        $$$$"""{"name":"webhook","schedule":{"at":"{{{{Text(due)}}}}"},"target":{"http":{"method":"POST","url":"{{{{url}}}}"}}}""";

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
