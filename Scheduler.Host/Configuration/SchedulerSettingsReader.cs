using Scheduler.Actors.Retention;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Batch;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>Reads <see cref="SchedulerSettings"/> from the configuration.</summary>
internal static class SchedulerSettingsReader
{
    /// <summary>What all of its keys begin with.</summary>
    internal const string Section = "Scheduler";

    /// <summary>The settings.</summary>
    /// <exception cref="StartException">Values are not allowed; the message names all of them, a line each.</exception>
    public static SchedulerSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration, Section);
        var settings = Read(reader);
        reader.RefuseUnknown();
        RefuseOthersWithOwnFiles(reader, settings);
        return reader.Errors.Count == 0 ? settings : throw new StartException(string.Join(Environment.NewLine, reader.Errors));
    }

    /// <summary>All keys, in order, without those whose names an operator chooses.</summary>
    public static IReadOnlyList<string> Keys
    {
        get
        {
            var reader = new SettingsReader(new ConfigurationBuilder().Build(), Section);
            _ = Read(reader);
            return [.. reader.Known.Select(k => $"{Section}:{k}").Order(StringComparer.Ordinal)];
        }
    }

    private static SchedulerSettings Read(SettingsReader reader)
    {
        var storage = StorageSettingsReader.Read(reader);
        return new SchedulerSettings
        {
            Storage = storage,
            Cluster = ClusterSettingsReader.Read(reader),
            TimeZones = TimeZoneDataReader.Read(reader),
            Timing = Timing(reader),
            Execution = ExecutionSettingsReader.Read(reader),
            Amqp = AmqpSettingsReader.Read(reader),
            Retention = Retention(reader),
            Http = HttpSettingsReader.Read(reader, storage),
            Batches = Batches(reader),
        };
    }

    private static TimingOptions Timing(SettingsReader reader)
    {
        var defaults = new TimingOptions();
        return defaults with
        {
            LookAhead = reader.Duration("Timing:LookAhead", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), defaults.LookAhead),
            MaxAwake = reader.Number("Timing:MaxAwake", 1, 10_000_000, defaults.MaxAwake),
            MisfireThreshold = reader.Duration("Timing:MisfireThreshold", TimeSpan.Zero, TimeSpan.FromDays(1), defaults.MisfireThreshold),
            MaxClockSkew = reader.Duration("Timing:MaxClockSkew", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), defaults.MaxClockSkew),
        };
    }

    private static BatchLimits Batches(SettingsReader reader)
    {
        var defaults = new BatchLimits();
        return new BatchLimits
        {
            MaxBatches = reader.Number("Api:MaxBatches", 1, 100_000, defaults.MaxBatches),
            LineLimit = reader.Duration("Api:BatchLineLimit", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.LineLimit),
        };
    }

    private static RetentionOptions Retention(SettingsReader reader)
    {
        var defaults = new RetentionOptions();
        var ever = TimeSpan.FromDays(36_500);
        return defaults with
        {
            RunAge = reader.Duration("Retention:RunAge", TimeSpan.FromMinutes(1), ever, defaults.RunAge),
            RunsPerJob = reader.Number("Retention:RunsPerJob", 1, 1_000_000, defaults.RunsPerJob),
            DiscardedRunsPerJob = reader.Number("Retention:DiscardedRunsPerJob", 0, 1_000_000, defaults.DiscardedRunsPerJob),
            FinishedJobs = reader.Duration("Retention:FinishedJobs", TimeSpan.Zero, ever),
            Archive = reader.Text("Retention:Archive", "") is { Length: > 0 } archive ? Path.GetFullPath(archive) : null,
            Interval = reader.Duration("Retention:Interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Interval),
        };
    }

    /// <summary>Nodes that each keep their own files would each be the only one to know their jobs, and silently so.</summary>
    private static void RefuseOthersWithOwnFiles(SettingsReader reader, SchedulerSettings settings)
    {
        var cluster = settings.Cluster;
        foreach (var seed in cluster.SeedNodes)
        {
            if (settings.Storage is StorageSettings.Sqlite && (seed.Host != cluster.Hostname || seed.Port != cluster.Port))
                reader.Refuse("Cluster:SeedNodes", $"{seed.Host}:{seed.Port}", "empty, or this node alone, with Storage = Sqlite: its files cannot be shared between nodes");
        }
    }
}
