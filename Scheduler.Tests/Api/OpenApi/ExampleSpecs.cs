using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Scheduler.Host.Api;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>The document's examples work as they are.</summary>
public sealed class ExampleSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    private Description _document = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _document = await Description.OfApi;
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_example_of_a_request_is_accepted()
    {
        var sent = 0;
        foreach (var (method, path, operation) in _document.Operations.Where(o => o.Operation.TryGetProperty("requestBody", out _)))
        {
            foreach (var media in operation.GetProperty("requestBody").GetProperty("content").EnumerateObject())
            {
                foreach (var example in Examples(media.Value))
                {
                    var answer = await SendAsync(method, await WithIdAsync(path), media.Name, Text(example.Value));

                    Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted, $"{method} {path} {example.Name}: {answer.Text}");
                    Assert.DoesNotContain("\"status\":400", answer.Text, StringComparison.Ordinal);
                    sent++;
                }
            }
        }

        Assert.True(sent >= 20, $"Only {sent} examples were found.");
    }

    [Fact]
    public void Each_example_is_what_its_schema_says()
    {
        var bodies = _document.Operations.SelectMany(Bodies).ToArray();

        Assert.NotEmpty(bodies);
        foreach (var (what, body) in bodies)
        {
            Assert.NotEmpty(Examples(body));
            foreach (var example in Examples(body))
                _document.Check(body.GetProperty("schema"), Text(example.Value), $"{what} {example.Name}");
        }
    }

    [Fact]
    public async Task The_example_of_a_preview_is_answered_with_the_example()
    {
        var call = _document.Operations.Single(o => o.Path == "/schedules:preview").Operation;
        var request = Examples(call.GetProperty("requestBody").GetProperty("content").GetProperty("application/json")).Single();
        var expected = Examples(call.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json")).Single();

        Assert.Equal(JsonSerializer.Serialize(expected.Value), JsonSerializer.Serialize((await _server.PostAsync("/schedules:preview", Text(request.Value))).Json));
    }

    private static string Text(JsonElement example) => example.ValueKind is JsonValueKind.String ? example.GetString()! : example.GetRawText();

    private IEnumerable<(string Name, JsonElement Value)> Examples(JsonElement media) =>
        media.GetProperty("examples").EnumerateObject().Select(e => (e.Name, _document.Resolve(e.Value).GetProperty("value")));

    /// <summary>All but archives, which nobody reads in a document.</summary>
    private IEnumerable<(string What, JsonElement Body)> Bodies((string Method, string Path, JsonElement Operation) o)
    {
        var parts = o.Operation.GetProperty("responses").EnumerateObject().Select(r => (r.Name, Value: _document.Resolve(r.Value))).ToList();
        if (o.Operation.TryGetProperty("requestBody", out var request))
            parts.Add(("request", request));
        return
            from part in parts
            where part.Value.TryGetProperty("content", out _)
            from media in part.Value.GetProperty("content").EnumerateObject()
            where media.Name != BackupEndpoint.MediaType
            select ($"{o.Method} {o.Path} {part.Name}", media.Value);
    }

    /// <summary>The path of a job that is new, or of a run that is: commands on others may not fit.</summary>
    private async Task<string> WithIdAsync(string path)
    {
        if (!path.Contains("{id}", StringComparison.Ordinal))
            return path;
        var created = await _server.PostAsync("/jobs", """{"name":"j","schedule":{"delay":"PT1H"}}""");
        var job = created.Json.GetProperty("job_id").GetString()!;
        if (!path.StartsWith("/runs/", StringComparison.Ordinal))
            return path.Replace("{id}", job, StringComparison.Ordinal);
        var triggered = await _server.PostAsync($"/jobs/{job}/trigger");
        return path.Replace("{id}", triggered.Json.GetProperty("run_id").GetString()!, StringComparison.Ordinal);
    }

    private Task<ApiAnswer> SendAsync(string method, string path, string mediaType, string body) => _server.SendAsync(new HttpRequestMessage(HttpMethod.Parse(method), path)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
    });
}
