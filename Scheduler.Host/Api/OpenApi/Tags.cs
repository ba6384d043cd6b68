using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What calls are about.</summary>
internal static class Tags
{
    public const string Jobs = nameof(Jobs);
    public const string Runs = nameof(Runs);
    public const string Schedules = nameof(Schedules);
    public const string Operations = nameof(Operations);

    /// <summary>All of them.</summary>
    public static OpenApiTag[] All() =>
    [
        Of(Jobs, "What is to be done, and when."),
        Of(Runs, "What was done: each time that a job fired."),
        Of(Schedules, "When a job would fire."),
        Of(Operations, "For whoever runs the service."),
    ];

    private static OpenApiTag Of(string name, string description) => new()
    {
        Name = name,
        Description = description,
    };
}
