using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Scheduler.Host.Configuration;
using Xunit;

namespace Scheduler.Tests.Configuration;

/// <summary>What <c>deploy/kubernetes</c> says about the scheduler, held against what the scheduler reads.</summary>
public sealed partial class KubernetesSpecs
{
    private readonly string _manifest = File.ReadAllText(Path.Combine(Root(), "deploy", "kubernetes", "scheduler.yaml"));

    [Fact]
    public void Its_variables_are_settings_that_a_node_starts_with()
    {
        var settings = Settings();

        Assert.Equal("db:27017/jobs", settings.Storage.ToString());
        Assert.Equal(("10.0.0.1", 4053), (settings.Cluster.Hostname, settings.Cluster.Port));
    }

    [Fact]
    public void Its_grace_period_is_longer_than_a_shutdown_may_take()
    {
        var seconds = int.Parse(Grace().Match(_manifest).Groups["seconds"].Value, CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(seconds) > AkkaSetup.ShutdownTimeout(Settings()), $"{seconds} s are not longer than {AkkaSetup.ShutdownTimeout(Settings())}");
    }

    [Fact]
    public void A_node_is_looked_at_more_than_once_while_it_answers_and_is_not_ready()
    {
        var period = int.Parse(Readiness().Match(_manifest).Groups["seconds"].Value, CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(2 * period) < Settings().Cluster.ShutdownDelay, $"Every {period} s is too seldom.");
    }

    private SchedulerSettings Settings()
    {
        var variables = Variable().Matches(_manifest).ToDictionary(
            match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal),
            match => match.Groups["value"] is { Success: true } literal ? literal.Value.Trim('"') : Elsewhere(match.Groups["source"].Value),
            StringComparer.Ordinal);
        Assert.Equal(4, variables.Count);
        return SchedulerSettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(variables).Build());
    }

    /// <summary>What the cluster fills in.</summary>
    private static string? Elsewhere(string source) => source switch
    {
        "secretKeyRef" => "mongodb://db:27017/jobs?replicaSet=rs0",
        "fieldRef" => "10.0.0.1",
        _ => throw new InvalidOperationException($"What '{source}' gives is not known here."),
    };

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"- name: (?<name>Scheduler__\w+)\s+(value: (?<value>\S+)|valueFrom:\s+(?<source>\w+):)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"terminationGracePeriodSeconds: (?<seconds>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grace();

    [GeneratedRegex(@"readinessProbe:\s+httpGet: .*\s+periodSeconds: (?<seconds>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Readiness();
}
