using System.Diagnostics;
using System.IO.Hashing;
using System.Text;

namespace Scheduler.Actors.Execution;

/// <summary>
/// The <c>traceparent</c> (W3C Trace Context) that a target gets: that of the request which the run goes back to, else the current
/// activity's, else one that belongs to the run. The last is derived from the run's id, so that all of its attempts are in one trace.
/// </summary>
internal static class TraceParent
{
    public const string Field = "traceparent";

    public static string Of(Attempt attempt)
    {
        if (attempt.Trace is { } trace && ActivityContext.TryParse(trace, traceState: null, out _))
            return trace;
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            return id;
        var traceId = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(attempt.RunId.Value)));
        var spanId = Convert.ToHexStringLower(XxHash64.Hash(Encoding.UTF8.GetBytes($"{attempt.RunId.Value}#{attempt.Number}")));
        return $"00-{traceId}-{spanId}-01";
    }
}
