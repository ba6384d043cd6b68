using Scheduler.Host.Api;
using Scheduler.Host.Configuration;

try
{
    // Configuration is read once: watching the content root for changes would watch the data folder below it as well.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
        ContentRootPath = AppContext.BaseDirectory,
    });
    var settings = SchedulerSettingsReader.Read(builder.Configuration);
    using var folder = DataFolder.Open(settings.DataPath);

    builder.UseSchedulerKestrel();
    builder.UseSchedulerLogging();
    builder.Services
        .AddSingleton(TimeProvider.System)
        .Configure<HostOptions>(o => o.ShutdownTimeout = AkkaSetup.ShutdownTimeout(settings))
        .AddSchedulerJobs(settings, folder)
        .AddSchedulerApi();

    await using var app = builder.Build();
    Listening.RequireFreePorts(builder.Configuration, settings.Cluster);
    await app.OpenNodeAsync(settings);
    app.MapSchedulerApi(servesJobs: settings.Cluster.Roles.Contains(ClusterSettings.ApiRole));
    await app.StartListeningAsync();
    Banner.Write(Console.Out, Listening.Addresses(app), settings, app.NodeAddress());
    await app.WaitForShutdownAsync();
    return app.ExitCode();
}
catch (StartException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
