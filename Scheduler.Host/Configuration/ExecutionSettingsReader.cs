using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Limits;

namespace Scheduler.Host.Configuration;

/// <summary>Reads how many runs a node starts, of what: <c>Execution:…</c>.</summary>
internal static class ExecutionSettingsReader
{
    private const int MaxRuns = 100_000;

    /// <summary>The settings.</summary>
    public static ExecutionOptions Read(SettingsReader reader)
    {
        var defaults = new ExecutionOptions();
        return defaults with
        {
            MaxConcurrentRuns = reader.Number("Execution:MaxConcurrentRuns", 1, MaxRuns, defaults.MaxConcurrentRuns),
            DrainLimit = reader.Duration("Execution:DrainLimit", TimeSpan.Zero, TimeSpan.FromHours(1), defaults.DrainLimit),
            Limits = Limits(reader, defaults.Limits),
        };
    }

    private static RunLimits Limits(SettingsReader reader, RunLimits defaults)
    {
        const string PerKey = "Execution:MaxRunsPerConcurrencyKey";
        var targets = new Dictionary<string, TargetLimit>(StringComparer.Ordinal);
        foreach (var item in reader.Items("Execution:Targets"))
        {
            var target = reader.Text($"{item}:Target", "");
            var limit = new TargetLimit
            {
                MaxConcurrentRuns = Optional(reader, $"{item}:MaxConcurrentRuns"),
                RunsPerSecond = reader.Rate($"{item}:RunsPerSecond"),
                Burst = reader.Number($"{item}:Burst", 1, MaxRuns, otherwise: 1),
            };
            if (TargetName(target) is not { } name)
                reader.Refuse($"{item}:Target", target, "an origin (https://example.org), handler:NAME or amqp:CONNECTION");
            else if (!targets.TryAdd(name, limit))
                reader.Refuse($"{item}:Target", target, "named once");
        }

        return new RunLimits
        {
            MaxRunsPerOrigin = reader.Number("Execution:MaxRunsPerOrigin", 1, MaxRuns, defaults.MaxRunsPerOrigin),
            MaxRunsPerConcurrencyKey = Optional(reader, PerKey),
            Targets = targets,
        };
    }

    private static int? Optional(SettingsReader reader, string key) => reader.Has(key) ? reader.Number(key, 1, MaxRuns, otherwise: 1) : null;

    /// <summary>As <see cref="RunClaim.Target"/> has it; null when it is none.</summary>
    private static string? TargetName(string text)
    {
        foreach (var prefix in (string[])[RunClaim.HandlerPrefix, RunClaim.AmqpPrefix])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length)
                return text;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/" ? RunClaim.OriginOf(url!) : null;
    }
}
