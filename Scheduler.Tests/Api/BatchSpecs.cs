using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api;
using Scheduler.Host.Api.Batch;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class BatchSpecs : IAsyncLifetime
{
    private const string Line = """{"name":"j","schedule":{"delay":90}}""";

    private static readonly BatchLimits Limits = new();

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_line_is_answered_in_order_as_if_it_had_come_alone()
    {
        var (answer, lines) = await PostAsync($"{Line}\r\n\n  \n{{\"name\":1}}\n{{\"nmae\":\n{Line}");

        Assert.Equal("application/x-ndjson", answer.ContentHeaders.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal([1, 4, 5, 6], lines.Select(l => l.GetProperty("line").GetInt32()));
        Assert.Equal([201, 400, 400, 201], lines.Select(l => l.GetProperty("status").GetInt32()));
        var id = lines[0].GetProperty("job_id").GetString()!;
        Assert.Equal($$"""{"line":1,"status":201,"job_id":"{{id}}"}""", lines[0].GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/jobs/{id}")).Status);
        Assert.Equal(["line", "status", "errors"], lines[1].EnumerateObject().Select(p => p.Name));
        Assert.Equal(["name", "schedule"], lines[1].GetProperty("errors").EnumerateObject().Select(p => p.Name));
        Assert.Equal("bad-json", lines[2].GetProperty("type").GetString());
        Assert.StartsWith("Line 5, position", lines[2].GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n \r\n")]
    public async Task A_batch_without_lines_is_answered_with_none(string body)
    {
        var (answer, lines) = await PostAsync(body);

        Assert.Equal("application/x-ndjson", answer.ContentHeaders.ContentType?.MediaType);
        Assert.Empty(lines);
    }

    [Fact]
    public async Task A_batch_repeated_under_its_key_is_the_same_jobs()
    {
        var (_, first) = await PostAsync($"{Line}\n\n{Line}\n", "import");
        var (_, second) = await PostAsync($"{Line}\n\n{Line}", "import");

        Assert.Equal(first.Select(l => l.GetRawText()), second.Select(l => l.GetRawText()));
        Assert.NotEqual(first[0].GetProperty("job_id").GetString(), first[1].GetProperty("job_id").GetString());
        Assert.Equal(["import/1", "import/3"], _server.Jobs.Commands.Select(c => c.Origin.Key).Distinct());

        var (_, other) = await PostAsync("{\"name\":\"other\",\"schedule\":{\"delay\":1}}\n", "import");
        Assert.Equal(422, other[0].GetProperty("status").GetInt32());
        Assert.Equal("idempotency-key-reused", other[0].GetProperty("type").GetString());
        Assert.Equal(first[0].GetProperty("job_id").GetString(), other[0].GetProperty("job_id").GetString());
        Assert.Contains("another request body", other[0].GetProperty("detail").GetString(), StringComparison.Ordinal);

        await _server.DeleteAsync($"/jobs/{first[0].GetProperty("job_id").GetString()}");
        Assert.Equal(410, (await PostAsync(Line, "import")).Lines[0].GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_line_above_1_MiB_is_refused_and_the_others_are_not()
    {
        var largest = Padded(1 << 20);
        var (_, lines) = await PostAsync($"{Line}\n{Padded((1 << 20) + 1)}\n{largest}\n{new string(' ', 3 << 20)}\n{Padded(5 << 20)}\n{Line}");

        Assert.Equal([201, 413, 201, 413, 413, 201], lines.Select(l => l.GetProperty("status").GetInt32()));
        Assert.Equal([1, 2, 3, 4, 5, 6], lines.Select(l => l.GetProperty("line").GetInt32()));
        Assert.Equal("body-too-large", lines[1].GetProperty("type").GetString());

        static string Padded(int length) => Line[..^1] + ",\"description\":\"" + new string('d', length - Line.Length - 17) + "\"}";
    }

    [Fact]
    public async Task A_batch_has_no_size_of_its_own()
    {
        var line = Line[..^1] + ",\"description\":\"" + new string('d', 500_000) + "\"}\n";
        var (_, lines) = await PostAsync(string.Concat(Enumerable.Repeat(line, 70)));

        Assert.Equal(70, lines.Count(l => l.GetProperty("status").GetInt32() == 201));
    }

    [Fact]
    public async Task What_a_job_answers_is_its_line_s_answer_and_a_fault_is_no_other_line_s()
    {
        var replies = new Queue<Func<JobId, JobReply>>(
        [
            id => new OutcomeUnknown(id),
            id => new StoreRefused(id, "disk full"),
            id => new JobConflict(id, "in the way"),
            id => new DefinitionRefused(id, "end_at", "too early"),
            _ => throw new TimeoutException(),
            _ => throw new InvalidOperationException("the innards"),
        ]);
        _server.Jobs.Instead = c => Task.FromResult(replies.Dequeue()(c.JobId));
        var (answer, lines) = await PostAsync(string.Concat(Enumerable.Repeat($"{Line}\n", 6)));

        Assert.Equal([503, 503, 409, 400, 503, 500], lines.Select(l => l.GetProperty("status").GetInt32()));
        Assert.Equal(["outcome-unknown", "store-unavailable", "conflict"], lines[..3].Select(l => l.GetProperty("type").GetString()));
        Assert.All(lines.Where(l => l.GetProperty("status").GetInt32() != 400), l => Assert.False(string.IsNullOrEmpty(l.GetProperty("detail").GetString())));
        Assert.Equal("""{"end_at":["too early"]}""", lines[3].GetProperty("errors").GetRawText());
        Assert.Equal("outcome-unknown", lines[4].GetProperty("type").GetString());
        Assert.DoesNotContain("innards", answer.Text, StringComparison.Ordinal);
        Assert.Contains("the innards", Assert.Single(_server.Errors.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-ndjson", HttpStatusCode.OK)]
    [InlineData("application/ndjson; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/jsonl", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-ndjson; charset=latin1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task A_batch_is_NDJSON(string? type, HttpStatusCode status)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Line));
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var answer = await _server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs:batch") { Content = content });

        Assert.Equal(status, answer.Status);
        if (status is HttpStatusCode.UnsupportedMediaType)
            Assert.Contains("application/x-ndjson", answer.IsProblem(status, "unsupported-media-type").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_before_any_line()
    {
        var request = Request(Line);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "");

        Assert.Equal(["Idempotency-Key"], (await _server.SendAsync(request)).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Empty(_server.Jobs.Commands);
    }

    [Fact]
    public async Task At_most_256_commands_are_in_flight()
    {
        const int Lines = 2_000;
        var asked = new SemaphoreSlim(0);
        var waiting = new Queue<TaskCompletionSource<JobReply>>();
        _server.Jobs.Instead = _ =>
        {
            var reply = new TaskCompletionSource<JobReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (waiting)
                waiting.Enqueue(reply);
            asked.Release();
            return reply.Task;
        };
        var answer = PostAsync(string.Concat(Enumerable.Repeat($"{Line}\n", Lines)));
        for (var i = 0; i < 256; i++)
            Assert.True(await asked.WaitAsync(Patience.Limit));
        for (var answered = 0; answered < Lines; answered++)
        {
            TaskCompletionSource<JobReply> first;
            lock (waiting)
            {
                Assert.InRange(waiting.Count, 1, 257);
                first = waiting.Dequeue();
            }

            first.SetResult(new JobConflict(JobId.Parse("x"), "no"));
            if (answered + 256 < Lines)
                Assert.True(await asked.WaitAsync(Patience.Limit));
        }

        Assert.Equal(Enumerable.Range(1, Lines), (await answer).Lines.Select(l => l.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_client_that_stops_reading_stops_the_intake_and_one_that_goes_away_ends_it()
    {
        var sent = new EndlessLines(Line);
        var read = new UnreadStream();
        using var gone = new CancellationTokenSource();
        var call = CallAsync(sent, read, gone.Token);
        await read.Written.WaitAsync(Patience.Limit);

        // What is ahead of the client: a few answers that were put together for it, and one window of commands.
        await gone.CancelAsync();
        await call.WaitAsync(Patience.Limit);
        Assert.InRange(_server.Jobs.Commands.Count, 1, 2_000);
    }

    [Fact]
    public async Task A_batch_whose_client_sends_nothing_ends_with_408()
    {
        var sent = new WaitingLines();
        var call = CallAsync(sent, new MemoryStream(), CancellationToken.None);
        await sent.IsWaitedFor();

        _server.Time.Advance(Limits.LineLimit);

        var ended = await Assert.ThrowsAsync<ProblemException>(() => call.WaitAsync(Patience.Limit));
        Assert.Equal((408, "no-line"), (ended.Problem.Status, ended.Problem.Type));
    }

    [Fact]
    public async Task After_answers_a_last_line_says_that_none_came_in_time_and_which_is_the_first_not_taken_in()
    {
        var (sent, read) = (new WaitingLines($"{Line}\n\n", $"{Line}\n"), new MemoryStream());
        var call = CallAsync(sent, read, CancellationToken.None);
        await sent.IsWaitedFor();

        _server.Time.Advance(Limits.LineLimit);
        await call.WaitAsync(Patience.Limit);

        var lines = Encoding.UTF8.GetString(read.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal([(1, 201), (3, 201), (4, 408)], lines.Select(l => (l.GetProperty("line").GetInt32(), l.GetProperty("status").GetInt32())));
        Assert.Equal("no-line", lines[2].GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("x")]
    public async Task A_line_that_comes_bit_by_bit_does_not_come_in_time(string bit)
    {
        // What is sent now and then is not a line.
        var sent = new WaitingLines([.. Enumerable.Repeat(bit, 100)]) { BeforeRead = () => _server.Time.Advance(TimeSpan.FromSeconds(1)) };

        var ended = await Assert.ThrowsAsync<ProblemException>(() => CallAsync(sent, new MemoryStream(), CancellationToken.None).WaitAsync(Patience.Limit));

        Assert.Equal(408, ended.Problem.Status);
        Assert.Equal(Limits.LineLimit, _server.Time.GetUtcNow() - ApiServer.Now);
    }

    [Fact]
    public async Task What_the_node_takes_does_not_count_against_the_client()
    {
        var sent = new WaitingLines([.. Enumerable.Repeat($"{Line}\n", 3)]) { IsEnded = true };
        _server.Jobs.Before = _ => _server.Time.Advance(Limits.LineLimit * 2);

        await CallAsync(sent, new MemoryStream(), CancellationToken.None).WaitAsync(Patience.Limit);

        Assert.Equal(3, _server.Jobs.Commands.Count);
    }

    [Fact]
    public async Task So_many_batches_are_answered_at_once_and_another_one_is_told_to_come_later()
    {
        var batches = Enumerable.Range(0, Limits.MaxBatches).Select(_ => new WaitingLines()).ToList();
        var calls = batches.ConvertAll(b => CallAsync(b, new MemoryStream(), CancellationToken.None));
        foreach (var batch in batches)
            await batch.IsWaitedFor();

        var refused = (await _server.SendAsync(Request($"{Line}\n"))).IsProblem(HttpStatusCode.ServiceUnavailable, "too-many-batches");
        Assert.NotNull(refused.Headers.RetryAfter);

        _server.Time.Advance(Limits.LineLimit);
        foreach (var call in calls)
            await Assert.ThrowsAsync<ProblemException>(() => call.WaitAsync(Patience.Limit));
        Assert.Single((await PostAsync($"{Line}\n")).Lines);
    }

    private async Task<(ApiAnswer Answer, List<JsonElement> Lines)> PostAsync(string body, string? key = null)
    {
        var request = Request(body);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        var answer = await _server.SendAsync(request);
        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        Assert.True(answer.Text.Length == 0 || answer.Text[^1] == '\n');
        return (answer, [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)]);
    }

    private static HttpRequestMessage Request(string body) => new(HttpMethod.Post, "/jobs:batch")
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } },
    };

    /// <summary>The endpoint without a network, whose buffers would hide when it stops.</summary>
    private Task CallAsync(Stream request, Stream response, CancellationToken aborted)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        context.Request.ContentType = "application/x-ndjson";
        context.Request.Body = request;
        context.Features.Set<IHttpResponseFeature>(new ResponseOn(response));
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        return _server.Services.GetRequiredService<BatchEndpoint>().CreateAllAsync(context);
    }

    private sealed class ResponseOn(Stream body) : HttpResponseFeature
    {
        public override bool HasStarted => body.Length > 0;
    }

    /// <summary>A client that always has another line.</summary>
    private sealed class EndlessLines(string line) : MemoryStream
    {
        private readonly byte[] _line = Encoding.UTF8.GetBytes($"{line}\n");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _line.CopyTo(buffer);
            return ValueTask.FromResult(_line.Length);
        }
    }

    /// <summary>A client that sends some pieces, and then nothing more.</summary>
    private sealed class WaitingLines(params string[] pieces) : MemoryStream
    {
        private readonly Queue<string> _pieces = new(pieces);
        private readonly TaskCompletionSource _waitedFor = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action BeforeRead { get; init; } = () => { };

        /// <summary>Whether it ends its batch after the pieces, instead of falling silent.</summary>
        public bool IsEnded { get; init; }

        public Task IsWaitedFor() => _waitedFor.Task.WaitAsync(Patience.Limit);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            BeforeRead();
            cancellationToken.ThrowIfCancellationRequested();
            if (_pieces.TryDequeue(out var piece))
                return Encoding.UTF8.GetBytes(piece, buffer.Span);
            if (IsEnded)
                return 0;
            _waitedFor.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }

    /// <summary>A client that reads nothing.</summary>
    private sealed class UnreadStream : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }
}
