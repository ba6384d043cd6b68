using Microsoft.Extensions.Logging.Console;

namespace Scheduler.Host.Configuration;

/// <summary>How the process logs: to the console, a line for each event, in UTC.</summary>
internal static class Logging
{
    /// <summary>Sets it up. Levels are configured under <c>Logging</c>, as usual.</summary>
    public static void UseSchedulerLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddSimpleConsole();

        // A start that fails is told in a sentence, not in a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
