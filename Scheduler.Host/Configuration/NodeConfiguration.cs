namespace Scheduler.Host.Configuration;

/// <summary>Where a node's configuration comes from: <c>appsettings.json</c>, the environment, the command line, the last one wins.</summary>
internal static class NodeConfiguration
{
    /// <summary>The web application's builder, with the whole configuration.</summary>
    /// <param name="switches">Settings as <c>--KEY=VALUE</c>.</param>
    /// <exception cref="StartException">A file of it cannot be read.</exception>
    public static WebApplicationBuilder CreateBuilder(IReadOnlyList<string> switches)
    {
        try
        {
            // Configuration is read once: watching the content root for changes would watch the data folder below it as well.
            return WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", .. switches],
                ContentRootPath = AppContext.BaseDirectory,
            });
        }
        catch (InvalidDataException e)
        {
            throw new StartException($"The configuration cannot be read. {e.Message} {e.InnerException?.Message}".TrimEnd(), e);
        }
    }
}
