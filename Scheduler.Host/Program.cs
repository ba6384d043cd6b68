using Scheduler.Host.Api;
using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Storage;

try
{
    // Configuration is read once: watching the content root for changes would watch the data folder below it as well.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
        ContentRootPath = AppContext.BaseDirectory,
    });
    var settings = SchedulerSettingsReader.Read(builder.Configuration);
    using var storage = NodeStorage.Take(settings.Storage);

    builder.UseSchedulerKestrel();
    builder.UseSchedulerLogging();
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
