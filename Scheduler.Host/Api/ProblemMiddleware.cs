using System.Diagnostics;
using Scheduler.Actors.Projections;

namespace Scheduler.Host.Api;

/// <summary>Turns whatever ends a request early into a problem that tells the client what to do, and never how this program is built.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentType is null)
            await Answer.WriteProblemAsync(context, Bare(context));
    }

    private static Contracts.ProblemAnswer Bare(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.NotFound($"There is nothing at '{context.Request.Path}'.").Problem,
        StatusCodes.Status405MethodNotAllowed => Problems.FromStatus(
            StatusCodes.Status405MethodNotAllowed,
            $"'{context.Request.Path}' takes {context.Response.Headers.Allow}, not {context.Request.Method}."),
        var status => Problems.FromStatus(status),
    };

    private Task AnswerAsync(HttpContext context, Exception e)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read an answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }

        switch (e)
        {
            case ProblemException p:
                return Answer.WriteProblemAsync(context, p.Problem, p.RetryAfter);
            case BadHttpRequestException bad:
                return Answer.WriteProblemAsync(context, Problems.FromStatus(bad.StatusCode, bad.Message));
            case ViewsUnavailableException:
                LogViewsUnavailable(e.Message);
                var unavailable = Problems.ViewsUnavailable();
                return Answer.WriteProblemAsync(context, unavailable.Problem, unavailable.RetryAfter);
            default:
                var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                LogUnhandled(e, context.Request.Method, context.Request.Path, trace);
                return Answer.WriteProblemAsync(context, Problems.FromStatus(
                    StatusCodes.Status500InternalServerError, "This is a fault of the scheduler; its log says more under the trace id.") with { TraceId = trace });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The read model did not answer: {Reason}")]
    private partial void LogViewsUnavailable(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed; trace id {TraceId}.")]
    private partial void LogUnhandled(Exception e, string method, string path, string traceId);
}
