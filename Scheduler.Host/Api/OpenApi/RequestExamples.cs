using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>Examples of what may be sent. All are accepted as they are.</summary>
internal static class RequestExamples
{
    /// <summary>A definition with all that there is, which examples of answers are made from.</summary>
    public const string NightlyReport =
        """
        {
          "name": "nightly-report",
          "description": "Revenue of the day before",
          "tags": ["billing"],
          "schedule": {"cron": "0 2 * * MON-FRI", "time_zone": "Europe/Berlin", "dst_gap": "shift", "dst_overlap": "first", "exclusions": ["2029-12-24/2030-01-01"]},
          "end_at": "2035-12-31T00:00:00Z",
          "jitter": "PT30S",
          "misfire": {"policy": "fire_all", "window": "PT1H", "limit": 10},
          "overlap": "buffer_one",
          "retry": {"max_attempts": 4, "backoff": "exponential", "initial": "PT10S", "factor": 2, "max": "PT10M"},
          "timeout": "PT30S",
          "pause_after_failures": 5,
          "target": {"http": {"method": "POST", "url": "https://example.org/reports", "headers": {"X-Team": "billing"}, "body": {"report": "revenue"}}}
        }
        """;

    private const string Delayed = """{"name": "hello", "schedule": {"delay": "PT2S"}, "parameters": {"duration": 0.5}}""";

    /// <summary>Definitions.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample>[] Definitions =
    [
        Examples.Json("delayed", "Once, in two seconds", Delayed),
        Examples.Json("at", "Once, calling a URL", """{"name": "call", "schedule": {"at": "2030-01-01T00:00:00Z"}, "target": {"http": {"url": "https://example.org/hook"}}}"""),
        Examples.Json("every", "Every five minutes, a thousand times", """{"name": "poll", "schedule": {"every": "PT5M"}, "max_runs": 1000}"""),
        Examples.Json("cron", "By a cron rule, with all that there is", NightlyReport),
        Examples.Json(
            "rrule",
            "On the last Friday of each month",
            """{"name": "pay", "schedule": {"rrule": "FREQ=MONTHLY;BYDAY=-1FR", "anchor": "2029-01-26T17:00:00Z", "time_zone": "Europe/Berlin"}, "priority": 10}"""),
        Examples.Json(
            "schedule_time",
            "As the replaced service's clients send it",
            """{"name": "old", "description": "one-off", "schedule_time": "2030-01-01T00:00:00", "parameters": {"duration": 1}}"""),
    ];

    /// <summary>Merge patches.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample>[] Patches =
    [
        Examples.Json("schedule", "Another schedule, no other change", """{"schedule": {"every": "PT10M"}}"""),
        Examples.Json("members", "Some members set, others back at their defaults", """{"tags": ["billing", "eu"], "parameters": {"region": "eu"}, "timeout": null, "retry": {"max_attempts": 2}}"""),
    ];

    /// <summary>Reasons.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample>[] Reasons = [Examples.Json("reason", "Why", """{"reason": "maintenance"}""")];

    /// <summary>Schedules to preview.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample>[] Previews =
    [
        Examples.Json(
            "clock_change",
            "Across the end of summer time",
            """{"schedule": {"cron": "30 2 * * *", "time_zone": "Europe/Berlin"}, "from": "2026-10-24T00:00:00Z", "count": 2}"""),
    ];

    /// <summary>Batches.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample>[] Batches =
    [
        Examples.Text(
            "two_jobs",
            "A job a line",
            """
            {"name": "a", "schedule": {"delay": "PT2S"}}
            {"name": "b", "schedule": {"delay": "PT2S"}}

            """.ReplaceLineEndings("\n")),
    ];
}
