using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>The calls for whoever runs the service: probes, and the read model's rebuild.</summary>
internal sealed class OperationsEndpoints(IReadiness readiness, IViewMaintenance views)
{
    private const string Alive = "live";
    internal const string Ready = "ready";
    internal const string NotReady = "not_ready";
    private const string UpToDate = "live";
    private const string Rebuilding = "rebuilding";
    private const string Failing = "failing";

    /// <summary>What probes answer.</summary>
    internal static readonly string[] HealthStates = [Alive, Ready, NotReady];

    /// <summary>How the read model may stand.</summary>
    internal static readonly string[] ViewStates = [UpToDate, Rebuilding, Failing];

    /// <summary>The answer of a process that answers.</summary>
    internal static readonly HealthAnswer Live = new(Alive, new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary><c>GET /health/live</c>: the process answers.</summary>
    public static Task LiveAsync(HttpContext context) => Answer.WriteAsync(context, StatusCodes.Status200OK, Live, ApiJson.Answers.HealthAnswer);

    /// <summary><c>GET /health/ready</c>: a job can be created and read.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var checks = await readiness.CheckAsync(context.RequestAborted);
        var isReady = checks.All(c => c.Problem is null);
        await Answer.WriteAsync(
            context,
            isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new HealthAnswer(isReady ? Ready : NotReady, checks.ToDictionary(c => c.Name, c => c.Problem ?? "ok", StringComparer.Ordinal))
            {
                TimeZoneData = TimeZones.Data.Version,
            },
            ApiJson.Answers.HealthAnswer);
    }

    /// <summary><c>POST /views:rebuild</c>.</summary>
    public Task RebuildAsync(HttpContext context)
    {
        views.StartRebuild();
        context.Response.Headers.Location = "/views";
        return AnswerAsync(context, StatusCodes.Status202Accepted, views.Progress);
    }

    /// <summary><c>GET /views</c>.</summary>
    public Task ViewsAsync(HttpContext context) => AnswerAsync(context, StatusCodes.Status200OK, views.Progress);

    /// <summary>What a client is told of the read model.</summary>
    internal static ViewsAnswer ToAnswer(ViewsProgress p) => new()
    {
        State = p.Failing.Count > 0 ? Failing : p.IsRebuilding ? Rebuilding : UpToDate,
        LagMs = Math.Round(p.Lag.TotalMilliseconds, 3),
        SetAside = p.SetAside,
        Failing = [.. p.Failing.Select(f => new FailingSliceAnswer(f.Slice, f.Since, f.Error))],
        Rebuild = p.StartedAt is { } startedAt ? new RebuildAnswer(startedAt, p.FinishedAt, p.Slices ?? 0, JobId.Slices, p.Events ?? 0, p.Reason, p.Error) : null,
    };

    private static Task AnswerAsync(HttpContext context, int status, ViewsProgress p) =>
        Answer.WriteAsync(context, status, ToAnswer(p), ApiJson.Answers.ViewsAnswer);
}
