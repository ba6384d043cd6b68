using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scheduler.Host.Api.Batch;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>Puts the API into a web application. It asks jobs and views through <see cref="Ports"/>, which the caller registers.</summary>
internal static class ApiRoutes
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    /// <summary>Registers the endpoints.</summary>
    public static IServiceCollection AddSchedulerApi(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.Configure<KestrelServerOptions>(RequestBounds.Widen);
        services.TryAddSingleton(new BatchLimits());
        return services
            .AddSingleton<JobWaits>()
            .AddSingleton<DefinitionReader>()
            .AddSingleton<JobCommandEndpoints>()
            .AddSingleton<JobEditEndpoints>()
            .AddSingleton<RunCommandEndpoints>()
            .AddSingleton<BatchEndpoint>()
            .AddSingleton<ScheduleEndpoints>()
            .AddSingleton<JobPastEndpoints>()
            .AddSingleton<JobQueryEndpoints>()
            .AddSingleton<JobFinder>()
            .AddSingleton<RunFinder>()
            .AddSingleton<BackupEndpoint>()
            .AddSingleton<ClusterEndpoints>()
            .AddSingleton<OperationsEndpoints>();
    }

    /// <summary>Maps the endpoints. All are plain request delegates: nothing is bound or reflected over at a request.</summary>
    /// <param name="app">The application.</param>
    /// <param name="servesJobs">Whether this node serves more than the probes, by its roles.</param>
    public static void MapSchedulerApi(this WebApplication app, bool servesJobs = true)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RequestBounds>();
        app.UseRouting();

        var operations = app.Services.GetRequiredService<OperationsEndpoints>();
        app.MapMethods("/health/live", Reading, OperationsEndpoints.LiveAsync);
        app.MapMethods("/health/ready", Reading, operations.ReadyAsync);
        if (!servesJobs)
            return;

        var commands = app.Services.GetRequiredService<JobCommandEndpoints>();
        app.MapPost("/jobs", WithoutQuery(commands.CreateAsync));
        app.MapPost("/jobs:batch", WithoutQuery(app.Services.GetRequiredService<BatchEndpoint>().CreateAllAsync));
        app.MapPost("/schedules:preview", WithoutQuery(app.Services.GetRequiredService<ScheduleEndpoints>().PreviewAsync));
        app.MapDelete("/jobs/{id}", WithoutQuery(commands.DeleteAsync));
        app.MapPost("/jobs/{id}/pause", WithoutQuery(commands.PauseAsync));
        app.MapPost("/jobs/{id}/resume", WithoutQuery(commands.ResumeAsync));
        app.MapPost("/jobs/{id}/cancel", WithoutQuery(commands.CancelAsync));
        app.MapPost("/jobs/{id}/trigger", WithoutQuery(commands.TriggerAsync));
        app.MapPost("/runs/{id}/cancel", WithoutQuery(app.Services.GetRequiredService<RunCommandEndpoints>().CancelAsync));

        var edits = app.Services.GetRequiredService<JobEditEndpoints>();
        app.MapPut("/jobs/{id}", WithoutQuery(edits.PutAsync));
        app.MapPatch("/jobs/{id}", WithoutQuery(edits.PatchAsync));

        var queries = app.Services.GetRequiredService<JobQueryEndpoints>();
        app.MapMethods("/jobs", Reading, queries.ListJobsAsync);
        app.MapMethods("/jobs/{id}", Reading, queries.GetJobAsync);
        app.MapMethods("/jobs/{id}/runs", Reading, queries.ListRunsAsync);
        app.MapMethods("/jobs/{id}/events", Reading, queries.ListEventsAsync);
        app.MapMethods("/jobs/{id}/audit", Reading, WithoutQuery(app.Services.GetRequiredService<JobPastEndpoints>().AuditAsync));
        app.MapMethods("/runs", Reading, queries.ListAllRunsAsync);
        app.MapMethods("/runs/{id}", Reading, WithoutQuery(queries.GetRunAsync));

        app.MapPost("/backup", WithoutQuery(app.Services.GetRequiredService<BackupEndpoint>().BackUpAsync));
        app.MapPost("/views:rebuild", WithoutQuery(operations.RebuildAsync));
        app.MapMethods("/views", Reading, WithoutQuery(operations.ViewsAsync));
        app.MapMethods("/cluster", Reading, WithoutQuery(app.Services.GetRequiredService<ClusterEndpoints>().GetAsync));

        app.MapApiDocument();
    }

    /// <summary>
    /// What is written behind a call that has no parameters is a mistake like any other: a client that asks for a dry run must not get a job (2026-11).
    /// Probes take anything.
    /// </summary>
    private static RequestDelegate WithoutQuery(RequestDelegate call) => context =>
    {
        if (context.Request.Query.Count > 0)
            new QueryReader(context.Request.Query, []).ThrowIfAny();
        return call(context);
    };
}
