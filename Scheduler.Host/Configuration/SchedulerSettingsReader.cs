using System.Globalization;
using MongoDB.Driver;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Actors.Execution.Limits;
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

    private const string DefaultDataPath = "./data";
    private const string DefaultHostname = "127.0.0.1";
    private const string SqliteKind = nameof(StorageSettings.Sqlite);
    private const string MongoDbKind = nameof(StorageSettings.MongoDb);
    private const string ConnectionStringKey = "MongoDb:ConnectionString";
    private const string ConnectionStringForm = "of the form mongodb://HOST:PORT/DATABASE?replicaSet=NAME; what is not a letter or a digit in a user's name or password is percent-encoded";
    private const string DefaultConnectionString = "mongodb://127.0.0.1:27017/scheduler";
    private const int MaxRuns = 100_000;
    private const int MaxPort = 65_535;

    private static readonly string[] AllRoles = [ClusterSettings.ApiRole, ClusterSettings.JobsRole];

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
        var storage = Storage(reader);
        return new SchedulerSettings
        {
            Storage = storage,
            Cluster = new ClusterSettings(
                Hostname(reader),
                reader.Number("Cluster:Port", 0, MaxPort, otherwise: 0),
                SeedNodes(reader),
                Roles(reader)),
            TimeZones = TimeZoneDataReader.Read(reader),
            Timing = Timing(reader),
            Execution = Execution(reader),
            Amqp = AmqpSettingsReader.Read(reader),
            Retention = Retention(reader),
            Http = Http(reader, storage),
            Batches = Batches(reader),
        };
    }

    private static string DataPath(SettingsReader reader)
    {
        var path = reader.Text("DataPath", DefaultDataPath);
        if (!path.Contains('\0'))
            return Path.GetFullPath(path);
        reader.Refuse("DataPath", path, "the path of a folder");
        return path;
    }

    /// <summary>Reads what belongs to either kind, so that a node is switched over by one setting.</summary>
    private static StorageSettings Storage(SettingsReader reader)
    {
        var files = new StorageSettings.Sqlite(DataPath(reader));
        var database = Database(reader);
        switch (reader.Text("Storage", SqliteKind))
        {
            case var text when text.Equals(SqliteKind, StringComparison.OrdinalIgnoreCase):
                return files;
            case var text when text.Equals(MongoDbKind, StringComparison.OrdinalIgnoreCase):
                return database;
            case var text:
                reader.Refuse("Storage", text, $"{SqliteKind} or {MongoDbKind}");
                return files;
        }
    }

    private static StorageSettings.MongoDb Database(SettingsReader reader)
    {
        try
        {
            var url = new MongoUrl(reader.Text(ConnectionStringKey, DefaultConnectionString));
            if (!string.IsNullOrEmpty(url.DatabaseName))
                return new StorageSettings.MongoDb(url);
            reader.RefuseSecret(ConnectionStringKey, "names no database", ConnectionStringForm);
        }
        catch (Exception e) when (e is MongoConfigurationException or FormatException or ArgumentException)
        {
            reader.RefuseSecret(ConnectionStringKey, "is not a connection string", ConnectionStringForm);
        }

        return new StorageSettings.MongoDb(new MongoUrl(DefaultConnectionString));
    }

    private static string Hostname(SettingsReader reader)
    {
        var host = reader.Text("Cluster:Hostname", DefaultHostname);
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            reader.Refuse("Cluster:Hostname", host, "a host name or an IP address, without a port");
        return host;
    }

    private static List<SeedNode> SeedNodes(SettingsReader reader)
    {
        var nodes = new List<SeedNode>();
        foreach (var text in reader.List("Cluster:SeedNodes", []))
        {
            var colon = text.LastIndexOf(':');
            if (colon > 0 && Uri.CheckHostName(text[..colon]) is not UriHostNameType.Unknown
                && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= MaxPort)
            {
                nodes.Add(new SeedNode(text[..colon], port));
            }
            else
            {
                reader.Refuse("Cluster:SeedNodes", text, "host:port,host:port");
            }
        }

        return nodes;
    }

    private static IReadOnlyList<string> Roles(SettingsReader reader)
    {
        var roles = reader.List("Cluster:Roles", AllRoles);
        foreach (var role in roles.Except(AllRoles, StringComparer.Ordinal))
            reader.Refuse("Cluster:Roles", role, $"some of: {string.Join(",", AllRoles)}");
        return [.. roles.Distinct(StringComparer.Ordinal)];
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

    private static ExecutionOptions Execution(SettingsReader reader)
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

    /// <summary>Out of the box this machine's own addresses may be called; a node on a server's database is in production.</summary>
    private static HttpTargetOptions Http(SettingsReader reader, StorageSettings storage)
    {
        const string Addresses = "Http:AllowedAddresses";
        var defaults = new HttpTargetOptions();
        var allowed = reader.List(Addresses, storage is StorageSettings.Sqlite ? [AddressRules.LoopbackName] : []);
        if (!AddressRules.TryParse(allowed, out var rules, out var wrong))
            reader.Refuse(Addresses, wrong, $"{AddressRules.NoneName}, or a list of {AddressRules.LoopbackName}, {AddressRules.PrivateName}, {AddressRules.AllName} and networks like 10.1.0.0/16");
        return defaults with
        {
            Addresses = rules,
            Allowed = [.. allowed.Where(a => a != AddressRules.NoneName)],
            MaxConnectionsPerServer = reader.Number("Http:MaxConnectionsPerServer", 1, 10_000, defaults.MaxConnectionsPerServer),
            Secrets = Secrets(reader),
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

    private static WebhookSecrets Secrets(SettingsReader reader)
    {
        var secrets = WebhookSecrets.None;
        foreach (var name in reader.Names("Secrets"))
        {
            var key = $"Secrets:{name}";
            if (secrets.With(name, reader.List(key, [])) is { } more)
                secrets = more;
            else
                reader.RefuseSecret(key, "is not a secret", WebhookSecrets.Form);
        }

        return secrets;
    }

    private static RetentionOptions Retention(SettingsReader reader)
    {
        var defaults = new RetentionOptions();
        var ever = TimeSpan.FromDays(36_500);
        return defaults with
        {
            RunAge = reader.Duration("Retention:RunAge", TimeSpan.FromMinutes(1), ever, defaults.RunAge),
            RunsPerJob = reader.Number("Retention:RunsPerJob", 1, 1_000_000, defaults.RunsPerJob),
            FinishedJobs = reader.Duration("Retention:FinishedJobs", TimeSpan.Zero, ever),
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
