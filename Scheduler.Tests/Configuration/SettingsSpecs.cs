using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Storage;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Configuration;

public sealed class SettingsSpecs
{
    private const string RenamedVersion = "1999z";

    [Fact]
    public void Without_configuration_a_node_is_a_cluster_of_one_on_its_own_files()
    {
        var settings = Read();

        Assert.Equal(new StorageSettings.Sqlite(Path.GetFullPath("./data")), settings.Storage);
        Assert.Equal("127.0.0.1", settings.Cluster.Hostname);
        Assert.Equal(0, settings.Cluster.Port);
        Assert.Empty(settings.Cluster.SeedNodes);
        Assert.Equal(["api", "jobs"], settings.Cluster.Roles);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.Timing.LookAhead);
        Assert.Equal(50_000, settings.Timing.MaxAwake);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Timing.MisfireThreshold);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Timing.MaxClockSkew);
        Assert.Equal(256, settings.Execution.MaxConcurrentRuns);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Execution.DrainLimit);
        Assert.Equal(TimeSpan.FromDays(30), settings.Retention.RunAge);
        Assert.Equal(1000, settings.Retention.RunsPerJob);
        Assert.Equal(100, settings.Retention.DiscardedRunsPerJob);
        Assert.Null(settings.Retention.Archive);
        Assert.Null(settings.Retention.FinishedJobs);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Retention.Interval);
    }

    [Fact]
    public void Out_of_the_box_webhooks_reach_this_machine_and_on_a_server_they_do_not()
    {
        Assert.True(Read().Http.Addresses.Allows(IPAddress.Loopback));
        Assert.False(Read().Http.Addresses.Allows(IPAddress.Parse("10.0.0.1")));
        Assert.False(Read(("Storage", "MongoDb")).Http.Addresses.Allows(IPAddress.Loopback));
        Assert.True(Read(("Storage", "MongoDb"), ("Http:AllowedAddresses", "private, 127.0.0.1")).Http.Addresses.Allows(IPAddress.Loopback));
        var none = Read(("Http:AllowedAddresses", "none")).Http;
        Assert.False(none.Addresses.Allows(IPAddress.Loopback));
        Assert.Empty(none.Allowed);
        Assert.Contains("none", Assert.Throws<StartException>(() => Read(("Http:AllowedAddresses", "none,private"))).Message, StringComparison.Ordinal);
        Assert.Contains("intranet", Assert.Throws<StartException>(() => Read(("Http:AllowedAddresses", "intranet"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_one_or_two_and_a_wrong_one_is_not_repeated()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Assert.Equal(["main", "old"], Read(("Secrets:main", Secret), ("Secrets:old:0", Secret), ("Secrets:old:1", Secret)).Http.Secrets.Names);

        var refused = Assert.Throws<StartException>(() => Read(("Secrets:short", "whsec_c2VjcmV0"), ("Secrets:plain", "hunter2"), ("Secrets:many", $"{Secret},{Secret},{Secret}")));
        Assert.Equal(3, refused.Message.Split(Environment.NewLine).Length);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var settings = Read(
            ("DataPath", "/var/lib/scheduler"),
            ("Storage", "sqlite"),
            ("Cluster:Hostname", "node-1.example.org"),
            ("Cluster:Port", "4053"),
            ("Cluster:SeedNodes", " node-1.example.org:4053 , "),
            ("Cluster:Roles", "jobs"),
            ("Timing:LookAhead", "PT2M"),
            ("Timing:MaxAwake", "7"),
            ("Timing:MisfireThreshold", "1.5"),
            ("Timing:MaxClockSkew", "PT0.5S"),
            ("Execution:MaxConcurrentRuns", "8"),
            ("Execution:DrainLimit", "PT1H"),
            ("Retention:RunAge", "P2W"),
            ("Retention:RunsPerJob", "25"),
            ("Retention:DiscardedRunsPerJob", "7"),
            ("Retention:Archive", "/archive"),
            ("Retention:FinishedJobs", "P1DT12H"),
            ("Retention:Interval", "90"));

        Assert.Equal(new StorageSettings.Sqlite("/var/lib/scheduler"), settings.Storage);
        Assert.Equal("node-1.example.org", settings.Cluster.Hostname);
        Assert.Equal(4053, settings.Cluster.Port);
        Assert.Equal([new SeedNode("node-1.example.org", 4053)], settings.Cluster.SeedNodes);
        Assert.Equal(["jobs"], settings.Cluster.Roles);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Timing.LookAhead);
        Assert.Equal(7, settings.Timing.MaxAwake);
        Assert.Equal(TimeSpan.FromSeconds(1.5), settings.Timing.MisfireThreshold);
        Assert.Equal(TimeSpan.FromSeconds(0.5), settings.Timing.MaxClockSkew);
        Assert.Equal(8, settings.Execution.MaxConcurrentRuns);
        Assert.Equal(TimeSpan.FromHours(1), settings.Execution.DrainLimit);
        Assert.Equal(TimeSpan.FromDays(14), settings.Retention.RunAge);
        Assert.Equal(25, settings.Retention.RunsPerJob);
        Assert.Equal(7, settings.Retention.DiscardedRunsPerJob);
        Assert.Equal(Path.GetFullPath("/archive"), settings.Retention.Archive);
        Assert.Equal(TimeSpan.FromHours(36), settings.Retention.FinishedJobs);
        Assert.Equal(TimeSpan.FromSeconds(90), settings.Retention.Interval);
    }

    [Fact]
    public void Limits_of_targets_are_a_list_and_named_as_they_are_counted()
    {
        var limits = Read(
            ("Execution:MaxRunsPerOrigin", "9"),
            ("Execution:MaxRunsPerConcurrencyKey", "1"),
            ("Execution:Targets:0:Target", "HTTPS://Example.org/"),
            ("Execution:Targets:0:MaxConcurrentRuns", "3"),
            ("Execution:Targets:1:Target", "handler:report"),
            ("Execution:Targets:1:RunsPerSecond", "0.5"),
            ("Execution:Targets:1:Burst", "5")).Execution.Limits;

        Assert.Equal((9, 1), (limits.MaxRunsPerOrigin, limits.MaxRunsPerConcurrencyKey));
        Assert.Equal(new TargetLimit { MaxConcurrentRuns = 3 }, limits.Targets["https://example.org:443"]);
        Assert.Equal(new TargetLimit { RunsPerSecond = 0.5, Burst = 5 }, limits.Targets["handler:report"]);
        Assert.Null(Read().Execution.Limits.MaxRunsPerConcurrencyKey);
    }

    [Fact]
    public void A_list_may_be_written_as_items()
    {
        var settings = Read(("Cluster:Roles:0", "jobs"), ("Cluster:Roles:1", "api"));

        Assert.Equal(["jobs", "api"], settings.Cluster.Roles);
    }

    [Fact]
    public void An_empty_value_is_none() => Assert.Equal(256, Read(("Execution:MaxConcurrentRuns", ""), ("Cluster:SeedNodes", "")).Execution.MaxConcurrentRuns);

    [Theory]
    [InlineData("Storage", "MongoDB 8")]
    [InlineData("Cluster:Hostname", "host:4053")]
    [InlineData("Cluster:Port", "65536")]
    [InlineData("Cluster:Port", "-1")]
    [InlineData("Cluster:SeedNodes", "host")]
    [InlineData("Cluster:SeedNodes", "host:0")]
    [InlineData("Cluster:SeedNodes", "other:4053")]
    [InlineData("Cluster:Roles", "api,workers")]
    [InlineData("Timing:LookAhead", "60 s")]
    [InlineData("Timing:LookAhead", "PT0S")]
    [InlineData("Timing:LookAhead", "00:01:00")]
    [InlineData("Timing:LookAhead", "P1M")]
    [InlineData("Timing:MaxAwake", "0")]
    [InlineData("Timing:MaxAwake", "1e3")]
    [InlineData("Timing:MisfireThreshold", "-PT1S")]
    [InlineData("Timing:MaxClockSkew", "PT0S")]
    [InlineData("Execution:MaxConcurrentRuns", "0")]
    [InlineData("Execution:MaxConcurrentRuns", "many")]
    [InlineData("Execution:DrainLimit", "PT61M")]
    [InlineData("Execution:MaxRunsPerOrigin", "0")]
    [InlineData("Execution:MaxRunsPerConcurrencyKey", "none")]
    [InlineData("Execution:Targets:0:Target", "example.org")]
    [InlineData("Execution:Targets:0:Target", "https://example.org/path")]
    [InlineData("Retention:RunAge", "P1M")]
    [InlineData("Retention:RunAge", "PT59S")]
    [InlineData("Retention:RunsPerJob", "0")]
    [InlineData("Retention:DiscardedRunsPerJob", "-1")]
    [InlineData("Retention:FinishedJobs", "never")]
    [InlineData("Retention:FinishedJobs", "-PT1S")]
    [InlineData("Retention:Interval", "PT0.5S")]
    public void A_wrong_value_is_named_with_its_key_and_what_is_allowed(string key, string value)
    {
        var refused = Assert.Throws<StartException>(() => Read((key, value)));

        Assert.StartsWith($"Scheduler:{key} is '", refused.Message, StringComparison.Ordinal);
        Assert.Contains("it must be ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("mongodb", "mongodb://a:27017,b:27018/jobs?replicaSet=rs0", "a:27017,b:27018/jobs (MongoDb)")]
    [InlineData("MongoDb", "mongodb://user:hidden@db.example.org/jobs", "db.example.org:27017/jobs (MongoDb)")]
    [InlineData("MongoDb", "", "127.0.0.1:27017/scheduler (MongoDb)")]
    public void A_node_keeps_its_jobs_in_MongoDB_and_says_so_without_the_password(string kind, string connectionString, string description)
    {
        var settings = Read(("Storage", kind), ("MongoDb:ConnectionString", connectionString), ("Cluster:SeedNodes", "other:4053"));

        using var storage = NodeStorage.Take(settings.Storage);
        Assert.Equal(description, storage.Description);
        Assert.DoesNotContain("hidden", settings.ToString(), StringComparison.Ordinal);
        Assert.Equal([new SeedNode("other", 4053)], settings.Cluster.SeedNodes);
    }

    [Theory]
    [InlineData("mongodb://user:hidden@db.example.org")]
    [InlineData("mongodb://user:hid@den@db.example.org/jobs")]
    [InlineData("postgres://user:hidden@db.example.org/jobs")]
    [InlineData("hidden")]
    public void A_wrong_connection_string_is_named_by_its_key_and_not_repeated(string connectionString)
    {
        // Whatever the storage is: who switches over should not learn of it only then.
        foreach (var kind in new[] { "Sqlite", "MongoDb" })
        {
            var refused = Assert.Throws<StartException>(() => Read(("Storage", kind), ("MongoDb:ConnectionString", connectionString)));

            Assert.StartsWith("Scheduler:MongoDb:ConnectionString ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("it must be of the form mongodb://", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hid", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }
    }

    [Fact]
    public void AMQP_brokers_have_names_and_their_passwords_are_not_told()
    {
        Assert.Empty(Read().Amqp.Connections);
        var settings = Read(("Amqp:default:Uri", "amqp://user:hidden@broker.example.org/jobs"), ("Amqp:events:Uri", "amqps://127.0.0.1"));

        Assert.Equal(["default (broker.example.org:5672)", "events (127.0.0.1:5671)"], settings.Amqp.Connections.Select(c => c.ToString()));
        Assert.DoesNotContain("hidden", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:hidden@broker.example.org/")]
    [InlineData("amqp://user:hidden@broker.example.org/a/b")]
    [InlineData("hidden")]
    [InlineData("")]
    public void A_wrong_AMQP_address_is_named_by_its_key_and_not_repeated(string uri)
    {
        var refused = Assert.Throws<StartException>(() => Read(("Amqp:default:Uri", uri)));

        Assert.StartsWith("Scheduler:Amqp:default:Uri ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("it must be of the form amqp://", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hid", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once_a_line_each()
    {
        var refused = Assert.Throws<StartException>(() => Read(("Storage", "Floppy"), ("Timing:MaxAwake", "x"), ("Timing:LookAhed", "PT1S"), ("Colour", "red")));

        Assert.Equal(4, refused.Message.Split('\n').Length);
        Assert.Contains("Scheduler:Timing:LookAhed is not a known key; did you mean Scheduler:Timing:LookAhead?", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Scheduler:Colour is not a known key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_may_stop_for_longer_than_its_attempts_may_drain() =>
        Assert.True(AkkaSetup.ShutdownTimeout(Read(("Execution:DrainLimit", "PT1M"))) > TimeSpan.FromMinutes(1));

    [Fact]
    public void Time_zone_data_are_the_bundled_ones_unless_others_are_named()
    {
        Assert.Same(TimeZoneData.Bundled, Read().TimeZones);
        Assert.Same(TimeZoneData.Bundled, Read(("TimeZones", "bundled")).TimeZones);
        Assert.Same(TimeZoneData.Bundled, Read(("TimeZones", "Bundled")).TimeZones);
    }

    [Fact]
    public void Time_zone_data_of_a_file_are_that_files_own_and_the_banner_says_which()
    {
        using var folder = new TemporaryFolder();
        var settings = Read(("TimeZones", RenamedZones(folder)));

        Assert.Equal(RenamedVersion, settings.TimeZones.Version);
        Assert.NotNull(settings.TimeZones.Find("Europe/Berlin"));
        var screen = new StringWriter();
        Banner.Write(screen, "http://127.0.0.1:5000", settings, "/data (Sqlite)", "akka.tcp://scheduler@127.0.0.1:4053");
        Assert.Contains($"Zones    tz database {RenamedVersion} (Scheduler:TimeZones)", screen.ToString(), StringComparison.Ordinal);
    }

    [ZoneFilesTheory]
    [InlineData("system")]
    [InlineData("System")]
    public void Time_zone_data_of_the_system_are_those_of_its_folder(string value)
    {
        var read = Read(("TimeZones", value)).TimeZones;

        Assert.Equal(SystemTimeZones.Read(SystemTimeZones.Folder).Version, read.Version);
        Assert.NotEqual(TimeZoneData.Bundled.Version, read.Version);
        Assert.NotNull(read.Find("Europe/Berlin"));
    }

    [Theory]
    [InlineData("/nowhere/at/all.nzd", "Could not find")]
    [InlineData("/etc/hostname", "that file is none")]
    public void Time_zone_data_that_cannot_be_read_stop_the_start_with_a_sentence(string value, string why)
    {
        var message = Assert.Throws<StartException>(() => Read(("TimeZones", value))).Message;

        Assert.Contains("bundled, system, or the path of an .nzd file", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    /// <summary>A file with the bundled data under another release's name, so that one is told from the other.</summary>
    private static string RenamedZones(TemporaryFolder folder)
    {
        using var data = new MemoryStream();
        using (var bundled = typeof(NodaTime.DateTimeZone).Assembly.GetManifestResourceStream("NodaTime.TimeZones.Tzdb.nzd")!)
            bundled.CopyTo(data);
        var (file, version) = (data.ToArray(), Encoding.UTF8.GetBytes(TimeZoneData.Bundled.Version));
        var at = file.AsSpan().IndexOf(version);
        Encoding.UTF8.GetBytes(RenamedVersion).CopyTo(file, at);
        var path = folder.File("renamed.nzd");
        File.WriteAllBytes(path, file);
        return path;
    }

    private static SchedulerSettings Read(params (string Key, string Value)[] values) => SchedulerSettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create<string, string?>($"Scheduler:{v.Key}", v.Value))).Build());
}
