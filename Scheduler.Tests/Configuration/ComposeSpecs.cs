using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Scheduler.Host.Configuration;
using Xunit;

namespace Scheduler.Tests.Configuration;

/// <summary>What <c>docker-compose.yml</c> says about the scheduler, held against what the scheduler reads.</summary>
public sealed partial class ComposeSpecs
{
    private readonly string[] _lines = File.ReadAllLines(Path.Combine(Root(), "docker-compose.yml"));

    [Fact]
    public void Its_variables_are_settings_that_a_node_starts_with() =>
        Assert.Equal("mongo:27017/scheduler", Settings().Storage.ToString());

    [Fact]
    public void Its_grace_period_is_longer_than_a_shutdown_may_take()
    {
        var grace = Assert.Single(_lines, line => line.TrimStart().StartsWith("stop_grace_period:", StringComparison.Ordinal));
        var seconds = int.Parse(SecondsOf().Match(grace).Groups["seconds"].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(TimeSpan.FromSeconds(seconds) > AkkaSetup.ShutdownTimeout(Settings()), $"{grace.Trim()} is not longer than {AkkaSetup.ShutdownTimeout(Settings())}");
    }

    [Fact]
    public void Ports_are_open_on_loopback_only()
    {
        var published = _lines.Select(line => Published().Match(line)).Where(match => match.Success).ToList();
        Assert.NotEmpty(published);
        Assert.All(published, match => Assert.StartsWith("127.0.0.1:", match.Groups["port"].Value, StringComparison.Ordinal));
    }

    private SchedulerSettings Settings()
    {
        var variables = _lines
            .Select(line => Variable().Match(line))
            .Where(match => match.Success)
            .ToDictionary(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal), match => (string?)match.Groups["value"].Value, StringComparer.Ordinal);
        Assert.NotEmpty(variables);
        return SchedulerSettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(variables).Build());
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"^\s+(?<name>Scheduler__\w+):\s*(?<value>\S+)\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s+stop_grace_period:\s*(?<seconds>[0-9]+)s\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecondsOf();

    [GeneratedRegex("^\\s+-\\s*\"(?<port>[0-9.:]+:[0-9]+)\"\\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Published();
}
