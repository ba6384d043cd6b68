using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api;
using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Membership;
using Scheduler.Host.Configuration.Storage;
using LoggingSetup = Scheduler.Host.Configuration.Logging;

namespace Scheduler.Host.Lifetime;

/// <summary>A node from its start to its end.</summary>
/// <param name="configure">Registers what a program brings; null for nothing.</param>
/// <param name="stop">Asks the node to stop, at any moment.</param>
/// <param name="output">Where the banner goes.</param>
/// <param name="error">Where a start that fails says why.</param>
internal sealed class NodeProcess(Action<IServiceCollection>? configure, StopSignal stop, TextWriter output, TextWriter error)
{
    /// <summary>Whether it was a member, and all of it at work, before it was asked to stop.</summary>
    private volatile bool _isSettled;

    /// <summary>Told of each step of the start.</summary>
    public Action<StartStep> Reached { get; init; } = _ => { };

    /// <summary>Runs the node.</summary>
    /// <param name="switches">Settings as <c>--KEY=VALUE</c>.</param>
    /// <returns>0 when it was asked to stop, however far its start had come; 1 when it could not start, <see cref="Node.DownedExitCode"/> when it was downed.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> switches)
    {
        try
        {
            return await RunUntilAskedAsync(switches);
        }
        catch (Exception e) when (stop.IsAsked && e is StartException or OperationCanceledException)
        {
            return 0;
        }
        catch (StartException e)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private async Task<int> RunUntilAskedAsync(IReadOnlyList<string> switches)
    {
        var builder = NodeConfiguration.CreateBuilder(switches);
        builder.UseSchedulerKestrel();
        var settings = SchedulerSettingsReader.Read(builder.Configuration);
        LoggingSetup.RequireLevels(builder.Configuration);
        await ListeningAddresses.RequireAsync(builder.Configuration, settings.Cluster, stop.Token);
        Reach(StartStep.Checked);

        TimeZones.Use(settings.TimeZones);
        using var storage = NodeStorage.Take(settings.Storage);
        Reach(StartStep.StorageTaken);

        builder.UseSchedulerLogging(isQuiet: () => stop.IsAsked && !_isSettled);
        configure?.Invoke(builder.Services);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IHostLifetime, SignalLifetime>()
            .Configure<HostOptions>(o => o.ShutdownTimeout = AkkaSetup.ShutdownTimeout(settings))
            .AddSchedulerJobs(settings, storage)
            .AddSchedulerApi();
        await using var app = builder.Build();
        Reach(StartStep.Composed);

        await app.OpenNodeAsync(settings, storage, Reach, stop.Token);
        app.EndSoonWhenDowned(error);
        app.MapSchedulerApi(servesJobs: settings.Cluster.Roles.Contains(ClusterSettings.ApiRole));
        await app.StartListeningAsync();
        Reached(StartStep.Started);
        if (!stop.IsAsked)
            Banner.Write(output, Listening.Addresses(app), settings, storage.Description, app.NodeAddress());

        _ = StopWhenAskedAsync(app);
        await app.WaitForShutdownAsync();
        return app.ExitCode();
    }

    private async Task StopWhenAskedAsync(WebApplication app)
    {
        await app.WaitUntilSettledAsync();
        _isSettled = !stop.IsAsked;
        await stop.WhenAsked;
        await app.Services.GetRequiredService<NodeDrain>().RunAsync();
        app.Lifetime.StopApplication();
    }

    private void Reach(StartStep step)
    {
        Reached(step);
        stop.Token.ThrowIfCancellationRequested();
    }
}
