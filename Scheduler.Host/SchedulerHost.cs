using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api;
using Scheduler.Host.CommandLine;
using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host;

/// <summary>The scheduler as a process: what a program calls that brings handlers of its own.</summary>
public static class SchedulerHost
{
    /// <summary>Runs a node until it is asked to stop.</summary>
    /// <param name="args">The command line: settings as <c>--Scheduler:DataPath=/var/lib/scheduler</c>.</param>
    /// <param name="configure">
    /// Registers handlers (<see cref="Scheduler.Actors.Execution.Handlers.JobHandlerRegistration"/>) and what they need; null for none.
    /// </param>
    /// <returns>The process's exit code: 0 when it was asked to stop, 1 when it could not start or was downed.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? configure = null)
    {
        try
        {
            string? backup = null;
            var verb = Array.IndexOf(args, "backup");
            if (verb >= 0 && verb + 1 < args.Length)
                (backup, args) = (args[verb + 1], [.. args[..verb], .. args[(verb + 2)..]]);

            // Configuration is read once: watching the content root for changes would watch the data folder below it as well.
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
                ContentRootPath = AppContext.BaseDirectory,
            });
            var settings = SchedulerSettingsReader.Read(builder.Configuration);
            if (backup is not null)
            {
                BackupCommand.Run(settings.Storage, backup, Console.Out);
                return 0;
            }

            TimeZones.Use(settings.TimeZones);
            using var storage = NodeStorage.Take(settings.Storage);

            builder.UseSchedulerKestrel();
            builder.UseSchedulerLogging();
            configure?.Invoke(builder.Services);
            builder.Services
                .AddSingleton(TimeProvider.System)
                .Configure<HostOptions>(o => o.ShutdownTimeout = AkkaSetup.ShutdownTimeout(settings))
                .AddSchedulerJobs(settings, storage)
                .AddSchedulerApi();

            await using var app = builder.Build();
            Listening.RequireFreePorts(builder.Configuration, settings.Cluster);
            await app.OpenNodeAsync(settings, storage);
            app.MapSchedulerApi(servesJobs: settings.Cluster.Roles.Contains(ClusterSettings.ApiRole));
            await app.StartListeningAsync();
            Banner.Write(Console.Out, Listening.Addresses(app), settings, storage.Description, app.NodeAddress());
            await app.WaitForShutdownAsync();
            return app.ExitCode();
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
