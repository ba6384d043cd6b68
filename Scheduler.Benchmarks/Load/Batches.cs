using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Scheduler.Benchmarks.Load;

/// <summary>Creates very many jobs over <c>POST /jobs:batch</c>, a few batches at a time, each read while it is sent.</summary>
internal static class Batches
{
    private const int AtATime = 4;
    private const int Lines = 50_000;
    private const string Created = "\"status\":201";

    /// <summary>Creates them, and fails when one was not.</summary>
    /// <returns>How many a second.</returns>
    public static async Task<double> CreateAsync(Uri server, int count, string body)
    {
        using var http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        var since = TimeProvider.System.GetTimestamp();
        var batches = Enumerable.Range(0, (count + Lines - 1) / Lines).Select(i => Math.Min(Lines, count - (i * Lines)));
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (lines, stop) => await SendAsync(http, lines, body, stop));
        return count / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task SendAsync(HttpClient http, int lines, string body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs:batch") { Content = new LinesContent(lines, body) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"POST /jobs:batch answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        var created = 0;
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            created += line.Contains(Created, StringComparison.Ordinal) ? 1 : throw new InvalidOperationException($"A line was answered {line}");
        }

        if (created != lines)
            throw new InvalidOperationException($"Of {lines} lines {created} were answered.");
    }

    private sealed class LinesContent : HttpContent
    {
        private const int AtOnce = 100;

        private readonly byte[] _lines;
        private readonly int _rounds;
        private readonly byte[] _rest;

        public LinesContent(int lines, string body)
        {
            _lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(body + "\n", AtOnce)));
            _rest = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(body + "\n", lines % AtOnce)));
            _rounds = lines / AtOnce;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < _rounds; i++)
                await stream.WriteAsync(_lines);
            await stream.WriteAsync(_rest);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
