using System.Text;
using System.Text.Json;
using Scheduler.Benchmarks.Http;

namespace Scheduler.Benchmarks.Load;

/// <summary>Concurrent callers of one server, each with a connection of its own.</summary>
internal sealed class Callers : IDisposable
{
    private const int Readers = 8;
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly LeanConnection[] _connections;

    private Callers(LeanConnection[] connections) => _connections = connections;

    /// <summary>Connects them.</summary>
    public static Task<Callers> ConnectAsync(Uri address, int count = 32) => ConnectAsync([address], count);

    /// <summary>Connects them to several servers in turn.</summary>
    public static async Task<Callers> ConnectAsync(IReadOnlyList<Uri> addresses, int count = 32) =>
        new(await Task.WhenAll(Enumerable.Range(0, count).Select(i => LeanConnection.OpenAsync(addresses[i % addresses.Count]))));

    /// <summary>Creates up to <paramref name="count"/> jobs with all callers, each going on as soon as it is answered.</summary>
    /// <param name="count">How many.</param>
    /// <param name="body">The body of the n-th, from 0.</param>
    /// <param name="limit">When to stop before.</param>
    public async Task<Created> CreateAsync(int count, Func<int, string> body, TimeSpan? limit = null)
    {
        var next = -1;
        var ids = new string?[count];
        var since = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(_connections.Select(connection => Task.Run(async () =>
        {
            int i;
            while ((limit is null || TimeProvider.System.GetElapsedTime(since) < limit) && (i = Interlocked.Increment(ref next)) < count)
            {
                var answer = await connection.SendAsync(LeanConnection.Request("POST", "/jobs", body(i)));
                if (answer.Status != 201)
                    throw new InvalidOperationException($"POST /jobs answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span)}");
                ids[i] = JobIdIn(answer.Body.Span);
            }
        })));
        var took = TimeProvider.System.GetElapsedTime(since);
        return new Created([.. ids.OfType<string>()], took);
    }

    /// <summary>Waits until no job is pending and none is running, asking seldom: the answer costs the server something.</summary>
    public async Task WaitUntilNothingIsLeftAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        foreach (var status in (string[])["pending", "running"])
        {
            var request = LeanConnection.Request("GET", $"/jobs?status={status}&limit=1");
            while (true)
            {
                var answer = await _connections[0].SendAsync(request);
                if (answer.Status != 200)
                    throw new InvalidOperationException($"GET /jobs answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span)}");
                using var jobs = JsonDocument.Parse(answer.Body);
                if (jobs.RootElement.GetArrayLength() == 0)
                    break;
                if (TimeProvider.System.GetElapsedTime(since) > Patience)
                    throw new TimeoutException($"Jobs were still {status} after {Patience}.");
                await Task.Delay(ProbePause, TimeProvider.System);
            }
        }
    }

    /// <summary>The only run of each of these jobs. A run that has not ended yet is asked for again.</summary>
    public async Task<IReadOnlyList<RunTimes>> RunsAsync(IReadOnlyList<string> ids)
    {
        var next = -1;
        var runs = new RunTimes[ids.Count];
        await Task.WhenAll(_connections.Take(Readers).Select(connection => Task.Run(async () =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < ids.Count)
                runs[i] = await RunAsync(connection, ids[i]);
        })));
        return runs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private static async Task<RunTimes> RunAsync(LeanConnection connection, string id)
    {
        var request = LeanConnection.Request("GET", $"/jobs/{id}/runs");
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await connection.SendAsync(request);
            if (answer.Status != 200)
                throw new InvalidOperationException($"GET /jobs/{id}/runs answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span)}");
            using var runs = JsonDocument.Parse(answer.Body);
            if (runs.RootElement.GetArrayLength() > 0 && runs.RootElement[0] is var run && run.GetProperty("ended_at").ValueKind == JsonValueKind.String)
            {
                if (run.GetProperty("status").GetString() is var status && status != "completed")
                    throw new InvalidOperationException($"A no-op run of {id} ended as {status}: {run}");
                return new RunTimes(
                    run.GetProperty("due_at").GetDateTimeOffset(),
                    run.GetProperty("started_at").GetDateTimeOffset(),
                    run.GetProperty("ended_at").GetDateTimeOffset(),
                    run.GetProperty("lateness_ms").GetDouble());
            }

            if (TimeProvider.System.GetElapsedTime(since) > Patience)
                throw new TimeoutException($"{id} has not run after {Patience}.");
            await Task.Delay(ProbePause, TimeProvider.System);
        }
    }

    private static string JobIdIn(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("job_id"u8))
            {
                json.Read();
                return json.GetString()!;
            }
        }

        throw new InvalidOperationException($"No job_id in {Encoding.UTF8.GetString(body)}");
    }
}
