using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>The calls for whoever runs the service: probes, and the read model's rebuild.</summary>
internal sealed class OperationsEndpoints(IReadiness readiness, IViewMaintenance views)
{
    private static readonly HealthAnswer Live = new("live", new Dictionary<string, string>(StringComparer.Ordinal));

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
            new HealthAnswer(isReady ? "ready" : "not_ready", checks.ToDictionary(c => c.Name, c => c.Problem ?? "ok", StringComparer.Ordinal)),
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

    private static Task AnswerAsync(HttpContext context, int status, ViewsProgress p) => Answer.WriteAsync(
        context,
        status,
        new ViewsAnswer
        {
            State = p.IsRebuilding ? "rebuilding" : "live",
            LagMs = Math.Round(p.Lag.TotalMilliseconds, 3),
            SetAside = p.SetAside,
            Rebuild = p.StartedAt is { } startedAt ? new RebuildAnswer(startedAt, p.FinishedAt, p.Slices ?? 0, JobId.Slices, p.Events ?? 0, p.Error) : null,
        },
        ApiJson.Answers.ViewsAnswer);
}
