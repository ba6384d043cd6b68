using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Execution.Http;

/// <summary>Calls webhooks of one job.</summary>
internal sealed class HttpCalls(HttpTargetOptions? options = null, ResolveName? resolve = null) : IDisposable
{
    public static readonly JobId Job = JobId.Parse("nightly.report");
    public static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private HttpTargetCaller? _caller;

    public WatchedClock Clock { get; } = new(Due.AddSeconds(3));

    public static RunId Run => RunId.Scheduled(Job, 1, Due);

    public static HttpTarget Post(string url) => new("POST", url, [], Body: null);

    public static AddressRules Rules(params string[] allowed) =>
        AddressRules.TryParse(allowed, out var rules, out var wrong) ? rules : throw new ArgumentException(wrong, nameof(allowed));

    public Task<JsonText?> CallAsync(HttpTarget target, int attempt = 1, string? trace = null, CancellationToken token = default)
    {
        var definition = new JobDefinition { Name = "Nightly report", Schedule = new OneOffSchedule(Due), Target = target };
        _caller ??= new HttpTargetCaller(options ?? new HttpTargetOptions(), Clock, resolve);
        return _caller.CallAsync(target, new Attempt(Job, Run, attempt, Due, Due, definition) { Trace = trace }, token).WaitAsync(Patience.Limit, TimeProvider.System, CancellationToken.None);
    }

    public async Task<JsonElement> OutputAsync(HttpTarget target) => JsonDocument.Parse((await CallAsync(target))!.Value.Raw).RootElement;

    /// <inheritdoc />
    public void Dispose() => _caller?.Dispose();
}
