using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Http;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api;
using Scheduler.Host.Api.Ports;
using Scheduler.Tests.Api.OpenApi;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>The real API over real Kestrel on a free port of this machine; jobs and views are in memory.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    /// <summary>What the server's clock says until a spec moves it.</summary>
    public static readonly DateTimeOffset Now = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

    private WebApplication? _app;

    internal FakeTimeProvider Time { get; } = new(Now);

    internal InMemoryJobs Jobs { get; private set; } = null!;

    internal FakeOperations Operations { get; } = new();

    internal ErrorLog Errors { get; } = new();

    internal FakeHandlerNodes Nodes { get; } = new();

    internal FakeBackups Backups { get; } = new();

    internal UnwrittenRows Unwritten { get; } = new();

    internal FakeRunProgress Progress { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    internal IReadOnlyList<RouteEndpoint> Endpoints => [.. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    internal IServiceProvider Services => _app!.Services;

    public async Task InitializeAsync()
    {
        Jobs = new InMemoryJobs(Time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(Errors);
        builder.Services
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<NewJobIds>()
            .AddSingleton<IJobs>(_ => Jobs)
            .AddSingleton<IJobViews>(_ => Jobs)
            .AddSingleton<IJobHistory>(_ => Jobs)
            .AddSingleton<IReadiness>(Operations)
            .AddSingleton<IViewMaintenance>(Operations)
            .AddSingleton<IBackups>(Backups)
            .AddSingleton(Unwritten)
            .AddSingleton<IClusterLook>(Operations)
            .AddSingleton(new JobHandlers(Handlers))
            .AddSingleton<IHandlerNodes>(Nodes)
            .AddSingleton(new TimingOptions())
            .AddSingleton<IRunProgress>(Progress)
            .AddSingleton<IPermitWaits>(new FakePermitWaits())
            .AddSingleton(new AmqpConnectionNames(["default", "events"]))
            .AddSingleton(new SecretNames(["main", "spare"]))
            .AddSingleton(AddressRules.PublicOnly)
            .AddSchedulerApi();
        _app = builder.Build();
        _app.MapSchedulerApi();
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }

    internal Task<ApiAnswer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    internal Task<ApiAnswer> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));

    internal Task<ApiAnswer> PostAsync(string path, string? json = null, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (json is not null)
            request.Content = Json(json);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return SendAsync(request);
    }

    internal Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = Json(json);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return SendAsync(request);
    }

    internal async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var answer = new ApiAnswer(response.StatusCode, response.Headers, response.Content.Headers, text) { Asked = response.RequestMessage!.RequestUri! };

            // Whatever a spec asks: what is answered is what the API's description says.
            (await Description.OfApi).Check(request, answer);
            return answer;
        }
    }

    internal static ByteArrayContent Json(string json) => Bytes(Encoding.UTF8.GetBytes(json));

    internal static ByteArrayContent Bytes(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static IEnumerable<JobHandlerEntry> Handlers => new ServiceCollection()
        .AddJobHandler<NoHandler<JsonElement>, JsonElement>("default")
        .AddJobHandler<NoHandler<MailParameters>, MailParameters>("send-mail", version: 2)
        .BuildServiceProvider()
        .GetServices<JobHandlerEntry>();

    private sealed class NoHandler<TParameters> : IJobHandler<TParameters>
    {
        public Task<object?> RunAsync(TParameters parameters, JobHandlerContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException("No run is made here.");
    }
}

/// <summary>An answer, read.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    /// <summary>What was asked.</summary>
    public required Uri Asked { get; init; }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The paths that a problem names as wrong.</summary>
    public string[] Errors => [.. Json.GetProperty("errors").EnumerateObject().Select(e => e.Name)];

    /// <summary>What a problem says is wrong with a field.</summary>
    public string Error(string path) => Json.GetProperty("errors").GetProperty(path)[0].GetString()!;

    /// <summary>The address of the list's next page; null on the last.</summary>
    public Uri? Next
    {
        get
        {
            if (!Headers.TryGetValues("Link", out var links))
                return null;
            var link = links.Single();
            Assert.StartsWith("<?", link, StringComparison.Ordinal);
            Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
            return new Uri(Asked, link[1..link.IndexOf('>', StringComparison.Ordinal)]);
        }
    }

    /// <summary>Checks that this is a problem as RFC 9457 has them.</summary>
    public ApiAnswer IsProblem(HttpStatusCode status, string? type = null)
    {
        Assert.True(status == Status, $"{(int)status} was expected, not {(int)Status}: {Text}");
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(Json.GetProperty("title").GetString()));
        if (type is not null)
            Assert.Equal(type, Json.GetProperty("type").GetString());
        return this;
    }
}

/// <summary>Readiness and rebuild, as a spec sets them.</summary>
internal sealed class FakeOperations : IReadiness, IViewMaintenance, IClusterLook
{
    public ClusterNow Now => new("10.0.0.1:4053", [new ClusterMember("10.0.0.1:4053", "up", ["api", "jobs"]), new ClusterMember("10.0.0.2:4053", "joining", ["jobs"])]);

    public ReplanProgress? Replanning { get; set; }

    public IReadOnlyList<ReadinessCheck> Checks { get; set; } = [new("cluster", null)];

    public IReadOnlyList<FailingSlice> Failing { get; set; } = [];

    public int Rebuilds { get; private set; }

    public Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(Checks);

    public ViewsProgress Progress => Rebuilds == 0
        ? new ViewsProgress { IsRebuilding = false, SetAside = 2, Lag = TimeSpan.FromMicroseconds(1500), Failing = Failing }
        : new ViewsProgress { IsRebuilding = true, Slices = 3, Events = 100, StartedAt = ApiServer.Now };

    public void StartRebuild() => Rebuilds++;
}

/// <summary>Backups of bytes that a spec sets.</summary>
internal sealed class FakeBackups : IBackups
{
    public byte[] Content { get; set; } = [];

    public BackupRefusal? Refusal { get; set; }

    public int Released { get; private set; }

    public Task<BackupCopy> MakeAsync(CancellationToken cancellationToken) => Refusal is { } refusal
        ? Task.FromException<BackupCopy>(new BackupRefusedException(refusal))
        : Task.FromResult(new BackupCopy("journal.db", new MemoryStream(Content)) { Released = () => Released++ });
}

/// <summary>Keeps what the server logs as errors.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public List<string> Messages { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Messages.Add($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}
