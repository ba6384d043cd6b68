using System.Globalization;
using System.Text;

namespace Scheduler.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Measures">The names of those to run; empty means all.</param>
/// <param name="Seconds">How long a measure that runs for a time runs; null for its own default.</param>
/// <param name="Repeats">How often a short measure is repeated; its median is printed.</param>
/// <param name="SleepingJobs">How many jobs sleep in the memory measure.</param>
/// <param name="Builds">The hosts that are measured, by those measures that can compare.</param>
/// <param name="ListedJobs">How many jobs there are to list.</param>
/// <param name="Minutes">How long the soak lasts.</param>
/// <param name="Nodes">How many nodes there are at most, beginning with one.</param>
/// <param name="MongoDb">A connection string; null when no MongoDB is to be measured.</param>
internal sealed record Options(IReadOnlyList<string> Measures, int? Seconds, int Repeats, int SleepingJobs, Builds Builds, int ListedJobs, int Minutes, int Nodes, string? MongoDb)
{
    /// <summary>The environment variable that names MongoDB where the command line doesn't.</summary>
    public const string MongoDbVariable = "SCHEDULER_BENCH_MONGODB";

    /// <summary>Whether this measure is to run.</summary>
    public bool Includes(string measure) => Measures.Count == 0 || Measures.Contains(measure, StringComparer.Ordinal);

    /// <summary>Null when help is asked for, or needed.</summary>
    public static Options? Parse(IReadOnlyList<string> args, IReadOnlyList<string> known)
    {
        var options = new Options(
            [],
            Seconds: null,
            Repeats: 3,
            SleepingJobs: 10_000,
            Builds: new Builds(against: null),
            ListedJobs: 1_000_000,
            Minutes: 10,
            Nodes: 3,
            MongoDb: Environment.GetEnvironmentVariable(MongoDbVariable) is { Length: > 0 } server ? server : null);
        for (var i = 0; i < args.Count; i++)
        {
            if (known.Contains(args[i], StringComparer.Ordinal))
            {
                options = options with { Measures = [.. options.Measures, args[i]] };
                continue;
            }

            if (string.Equals(args[i], "--mongodb", StringComparison.Ordinal))
            {
                if (++i == args.Count)
                    return null;
                options = options with { MongoDb = args[i] };
                continue;
            }

            if (string.Equals(args[i], "--against", StringComparison.Ordinal))
            {
                if (++i == args.Count || !File.Exists(args[i]))
                    return null;
                options = options with { Builds = new Builds(Path.GetFullPath(args[i])) };
                continue;
            }

            if (i + 1 == args.Count || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                return null;
            switch (args[i++])
            {
                case "--seconds":
                    options = options with { Seconds = number };
                    break;
                case "--repeats":
                    options = options with { Repeats = number };
                    break;
                case "--minutes":
                    options = options with { Minutes = number };
                    break;
                case "--nodes":
                    options = options with { Nodes = number };
                    break;
                case "--sleeping":
                    options = options with { SleepingJobs = number };
                    break;
                case "--listed":
                    options = options with { ListedJobs = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    /// <summary>The text for <c>--help</c>.</summary>
    public static string Usage(IEnumerable<IMeasure> measures)
    {
        var text = new StringBuilder()
            .AppendLine("dotnet run -c Release --project Scheduler.Benchmarks [-- measure … [--seconds N] [--repeats N] [--sleeping N] [--minutes N] [--listed N] [--nodes N] [--against PATH] [--mongodb CONNECTION]]")
            .AppendLine()
            .AppendLine("Measures (all of them but the soak when none is named):");
        foreach (var measure in measures)
            text.AppendLine($"  {measure.Name,-10} {measure.About}");
        return text
            .AppendLine()
            .AppendLine("  --seconds N    how long a measure that runs for a time runs (creates 10, lateness and cold 20, recurring and idle 15, webhooks, isolation and quartz 10, journal and mongodb 5)")
            .AppendLine("  --repeats N    how often a short measure is repeated, default 3; the median is printed, and the range beside it")
            .AppendLine("  --minutes N    how long the soak lasts, default 10")
            .AppendLine("  --sleeping N   how many jobs sleep in the memory measure, default 10000")
            .AppendLine("  --listed N     how many jobs there are to list, 100 at least, default 1000000")
            .AppendLine("  --nodes N      how many nodes the measure nodes starts at most, default 3")
            .AppendLine("  --against PATH another build's Scheduler.Host.dll: creates, recurring, lateness, burst, overdue, cold, idle and nodes run both in turns, and print the ratios of the rounds")
            .Append($"  --mongodb CONNECTION   the server of the measure mongodb, a replica set; or {MongoDbVariable}. A database is made and dropped")
            .ToString();
    }
}
