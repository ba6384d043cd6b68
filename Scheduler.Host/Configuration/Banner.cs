using Scheduler.Host.Text;

namespace Scheduler.Host.Configuration;

/// <summary>What the process says on one screen once it runs.</summary>
internal static class Banner
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="addresses">Where the API listens.</param>
    /// <param name="settings">This node's settings.</param>
    /// <param name="data">Where jobs are kept.</param>
    /// <param name="node">Its address in the cluster.</param>
    public static void Write(TextWriter output, string addresses, SchedulerSettings settings, string data, string node)
    {
        var first = addresses.Split(", ")[0].Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        output.WriteLine($$$"""

              Scheduler is running.

              API      {{{addresses}}}
              Data     {{{data}}}
              Node     {{{node}}} ({{{string.Join(", ", settings.Cluster.Roles)}}})
              Zones    tz database {{{settings.TimeZones.Version}}} (Scheduler:TimeZones)
              Webhooks {{{Reach(settings)}}}
              Stop     Ctrl+C or SIGTERM; running jobs get {{{DurationText.Format(settings.Execution.DrainLimit)}}} to end

              Try      curl -s {{{first}}}/jobs -H 'Content-Type: application/json' -d '{"name":"hello","schedule":{"delay":"PT5S"}}'
                       curl -s {{{first}}}/jobs

            """);
        output.Flush();
    }

    private static string Reach(SchedulerSettings settings) =>
        $"to public addresses{(settings.Http.Allowed.Count == 0 ? "" : $" and {string.Join(", ", settings.Http.Allowed)}")} (Scheduler:Http:AllowedAddresses)";
}
