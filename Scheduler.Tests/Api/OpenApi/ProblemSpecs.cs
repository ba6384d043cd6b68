using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>Each call gives each problem that it is described with. That no other is given, the server that specs ask checks by itself.</summary>
public sealed class ProblemSpecs : IAsyncLifetime
{
    private const string Key = "k";

    private const string Definition = """{"name":"j","schedule":{"delay":"PT1H"}}""";

    private readonly ApiServer _server = new();

    private Description _document = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _document = await Description.OfApi;
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(412)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(422)]
    [InlineData(501)]
    [InlineData(503)]
    public async Task Each_problem_that_is_described_is_given(int status)
    {
        var calls = Calls(status).ToArray();

        Assert.NotEmpty(calls);
        foreach (var (method, path, operation) in calls)
        {
            var answer = await ProvokeAsync(status, method, path, operation);
            Assert.True((int)answer.Status == status, $"{method} {path} answers {(int)answer.Status}, not {status}: {answer.Text}");
        }
    }

    /// <summary>A batch is refused only while the server stops, which a spec of batches sees to.</summary>
    private IEnumerable<(string Method, string Path, JsonElement Operation)> Calls(int status) => _document.Operations.Where(o =>
        o.Operation.GetProperty("responses").EnumerateObject().Any(r => r.Name == $"{status}") && !(status == 503 && o.Path == "/jobs:batch"));

    private async Task<ApiAnswer> ProvokeAsync(int status, string method, string path, JsonElement operation)
    {
        var (job, run) = await CreateAsync();
        var address = path.Replace("{id}", path.StartsWith("/runs", StringComparison.Ordinal) ? run : job, StringComparison.Ordinal);
        var body = Body(operation);
        switch (status)
        {
            case 400 when method == "GET" || path is "/backup" or "/views:rebuild":
                return await SendAsync(method, $"{address}?stauts=x", body: null);
            case 400 when method == "DELETE":
                return await SendAsync(method, address, body, ("If-None-Match", "\"1\""));
            case 400 when path == "/jobs:batch":
                return await SendAsync(method, address, body, ("Idempotency-Key", new string('k', CommandReader.MaxKeyLength + 1)));
            case 400:
                return await SendAsync(method, address, body! with { Text = """{"nmae":"x"}""" });
            case 404:
                return await SendAsync(method, path.Replace("{id}", Nobody(method, path), StringComparison.Ordinal), body);
            case 409 or 501 or 503 when path == "/backup":
                _server.Backups.Refusal = status switch
                {
                    409 => BackupRefusal.IsRunning,
                    501 => BackupRefusal.NotHere,
                    _ => BackupRefusal.Failed,
                };
                return await SendAsync(method, address, body);
            case 409:
                _server.Jobs.Instead = command => Task.FromResult<JobReply>(new JobConflict(command.JobId, "in the way"));
                var conflict = await SendAsync(method, address, body);
                _server.Jobs.Instead = null;
                return conflict;
            case 422:
                await UseKeyAsync(path, job);
                return await SendAsync(method, address, body, ("Idempotency-Key", Key));
            case 410 when method == "GET":
                await TrimAsync(JobId.Parse(job));
                return await SendAsync(method, $"{address}?as_of=1", body);
            case 410:
                var created = await SendAsync(method, address, body, ("Idempotency-Key", Key));
                await _server.DeleteAsync($"/jobs/{created.Json.GetProperty("job_id").GetString()}");
                return await SendAsync(method, address, body, ("Idempotency-Key", Key));
            case 412:
                return await SendAsync(method, address, body, ("If-Match", "\"99\""));
            case 413:
                return await SendAsync(method, address, body! with { Text = new string(' ', RequestBody.MaxBytes + 1) });
            case 415:
                return await SendAsync(method, address, body! with { MediaType = "text/plain" });
            case 503:
                _server.Jobs.Instead = _ => throw new TimeoutException();
                _server.Jobs.BeforeQuery = () => throw new ViewsUnavailableException("gone");
                _server.Jobs.BeforeHistory = () => throw new TimeoutException();
                _server.Operations.Checks = [new ReadinessCheck("views", "gone")];
                var answer = await SendAsync(method, address, body);
                _server.Jobs.Instead = null;
                return answer;
            default:
                throw new InvalidOperationException($"No way to provoke {status}.");
        }
    }

    /// <summary>The id of nothing; for a PUT, which creates what is not there, no id at all.</summary>
    private static string Nobody(string method, string path) => path.StartsWith("/runs", StringComparison.Ordinal) ? "x~1~t2" : method == "PUT" ? "~" : "x";

    /// <summary>Uses the key for something else than the call will.</summary>
    private Task<ApiAnswer> UseKeyAsync(string path, string job) => path switch
    {
        "/jobs" => _server.PostAsync("/jobs", Definition, Key),
        "/jobs/{id}/pause" => _server.SendAsync(HttpMethod.Patch, $"/jobs/{job}", """{"priority":1}""", ("Idempotency-Key", Key)),
        _ => _server.PostAsync($"/jobs/{job}/pause", key: Key),
    };

    /// <summary>Stores a checkpoint and removes what stood before it, as retention does.</summary>
    private async Task TrimAsync(JobId job)
    {
        var past = _server.Jobs.StateOf(job.Value).Version;
        var audited = new AuditedPast(0, 0, 0, [], _server.Time.GetUtcNow());
        await _server.Jobs.AskAsync(new CheckpointJob(job, past, audited) { Earliest = 1 }, default);
        _server.Jobs.Trim(job, past + 1);
    }

    private async Task<(string Job, string Run)> CreateAsync()
    {
        var job = (await _server.PostAsync("/jobs", Definition)).Json.GetProperty("job_id").GetString()!;
        return (job, (await _server.PostAsync($"/jobs/{job}/trigger")).Json.GetProperty("run_id").GetString()!);
    }

    private Sent? Body(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
            return null;
        var media = body.GetProperty("content").EnumerateObject().First();
        var example = _document.Resolve(media.Value.GetProperty("examples").EnumerateObject().First().Value).GetProperty("value");
        return new Sent(media.Name, example.ValueKind is JsonValueKind.String ? example.GetString()! : example.GetRawText());
    }

    private Task<ApiAnswer> SendAsync(string method, string path, Sent? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Text)) { Headers = { ContentType = new MediaTypeHeaderValue(body.MediaType) } };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _server.SendAsync(request);
    }

    private sealed record Sent(string MediaType, string Text);
}
