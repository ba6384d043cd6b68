using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scheduler.Tests.Support;

/// <summary>A client that knows the API from its description only.</summary>
internal sealed class SchedulerClient(Uri address) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Creates a job and gives its id; anything but 201 is an error.</summary>
    public async Task<string> CreateAsync(JsonObject job)
    {
        using var body = new StringContent(job.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri("/jobs", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.Created)
            throw new HttpRequestException($"POST /jobs answered {(int)answer.StatusCode}: {text}", inner: null, answer.StatusCode);
        return JsonSerializer.Deserialize<SeenJob>(text, Json)!.JobId;
    }

    public Task<SeenJob> JobAsync(string id) => GetAsync<SeenJob>($"/jobs/{id}");

    /// <summary>The jobs that match; the tests stay below one page.</summary>
    public Task<IReadOnlyList<SeenJob>> JobsAsync(string query = "") => GetAsync<IReadOnlyList<SeenJob>>($"/jobs{query}");

    /// <summary>All jobs, page by page as the answers say where the next one is.</summary>
    /// <param name="limit">How many a page has at most; null for as many as the server likes.</param>
    public async Task<IReadOnlyList<SeenJob>> AllJobsAsync(int? limit = null)
    {
        var jobs = new List<SeenJob>();
        var next = new Uri(_http.BaseAddress!, limit is null ? "/jobs" : $"/jobs?limit={limit}");
        while (next is not null)
        {
            using var answer = await _http.GetAsync(next);
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
                throw new HttpRequestException($"GET {next} answered {(int)answer.StatusCode}: {text}", inner: null, answer.StatusCode);
            jobs.AddRange(JsonSerializer.Deserialize<IReadOnlyList<SeenJob>>(text, Json)!);
            // <…>; rel="next", relative to what was asked.
            next = answer.Headers.TryGetValues("Link", out var links) ? new Uri(next, links.Single().Split('<', '>')[1]) : null;
        }

        return jobs;
    }

    public Task<IReadOnlyList<SeenRun>> RunsAsync(string id) => GetAsync<IReadOnlyList<SeenRun>>($"/jobs/{id}/runs");

    /// <summary>The runs of all jobs; the tests stay below one page.</summary>
    public Task<IReadOnlyList<SeenRun>> RunsAsync() => GetAsync<IReadOnlyList<SeenRun>>("/runs");

    public Task<IReadOnlyList<SeenEvent>> EventsAsync(string id) => GetAsync<IReadOnlyList<SeenEvent>>($"/jobs/{id}/events");

    /// <summary>Waits until every one of these jobs is completed, and fails at once when one has ended otherwise.</summary>
    public async Task WaitUntilCompletedAsync(IReadOnlyCollection<string> ids)
    {
        var expected = ids.ToHashSet(StringComparer.Ordinal);
        await Eventually.AnswersAsync(
            async () => (await JobsAsync("?limit=1000")).Where(job => expected.Contains(job.JobId)).ToList(),
            jobs => jobs.Exists(job => job.Status is "failed" or "cancelled")
                ? throw new InvalidOperationException($"A job ended otherwise: {jobs.First(job => job.Status is "failed" or "cancelled")}")
                : jobs.Count(job => job.Status == "completed") == expected.Count,
            jobs => $"{jobs.Count} of {expected.Count} listed: "
                + string.Join(", ", jobs.CountBy(job => job.Status, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}")));
    }

    /// <summary>Asks, and gives status and body, whatever they are.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"GET {path} answered {(int)answer.StatusCode}: {text}", inner: null, answer.StatusCode);
        return JsonSerializer.Deserialize<T>(text, Json)!;
    }
}
