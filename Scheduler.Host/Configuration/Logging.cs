using Microsoft.Extensions.Logging.Console;

namespace Scheduler.Host.Configuration;

/// <summary>How the process logs: to the console, a line for each event, in UTC.</summary>
internal static class Logging
{
    private const string Section = "Logging";

    private const string Cluster = "Akka";

    /// <summary>Looks whether the levels are levels: the logger factory throws at the first that is not, in the middle of the start.</summary>
    /// <exception cref="StartException">Some are not; the message names all of them, a line each.</exception>
    public static void RequireLevels(IConfiguration configuration)
    {
        var wrong = configuration.GetSection(Section).AsEnumerable(makePathsRelative: true)
            .Where(setting => $":{setting.Key}".Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase) && setting.Value is { Length: > 0 } text && !IsLevel(text))
            .Select(setting => $"{Section}:{setting.Key} is '{setting.Value}'; it must be one of: {string.Join(", ", Enum.GetNames<LogLevel>())}.")
            .ToList();
        if (wrong.Count > 0)
            throw new StartException(string.Join(Environment.NewLine, wrong));
    }

    /// <summary>Sets it up. Levels are configured under <c>Logging</c>, as usual.</summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="isQuiet">
    /// Whether the node stops in the middle of its start: then what the cluster warns of, shards that were to begin just now, is nobody's concern.
    /// </param>
    public static void UseSchedulerLogging(this WebApplicationBuilder builder, Func<bool> isQuiet)
    {
        builder.Logging.ClearProviders().AddSimpleConsole();

        // A start that fails is told in a sentence, not in a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.PostConfigure<LoggerFilterOptions>(o =>
        {
            for (var i = 0; i < o.Rules.Count; i++)
            {
                var rule = o.Rules[i];
                o.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel, (provider, category, level) =>
                    rule.Filter?.Invoke(provider, category, level) is not false
                    && !(level is LogLevel.Warning && category?.StartsWith(Cluster, StringComparison.Ordinal) is true && isQuiet()));
            }
        });
        builder.Services.Configure<SimpleConsoleFormatterOptions>(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }

    private static bool IsLevel(string text) => Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level);
}
