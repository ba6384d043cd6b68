using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>Requests that no client library sends.</summary>
public sealed class RefusedRequestSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Chunked = "POST {0} HTTP/1.1\r\nHost: h\r\nContent-Type: {1}\r\nTransfer-Encoding: chunked\r\n\r\n{2}\r\nabc";

    [Theory]
    [InlineData("ffffffffffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("gg")]
    public async Task A_chunk_without_a_size_is_the_client_s_fault(string size)
    {
        Assert.Equal(400, await SendAsync(string.Format(CultureInfo.InvariantCulture, Chunked, "/jobs", "application/json", size)));
        Assert.Equal(400, await SendAsync(string.Format(CultureInfo.InvariantCulture, Chunked, "/jobs/j/pause", "application/json", size)));
        Assert.Equal(400, await SendAsync(string.Format(CultureInfo.InvariantCulture, Chunked, "/jobs:batch", "application/x-ndjson", size)));
        Assert.Empty(server.Errors.Messages);
    }

    [Fact]
    public async Task A_long_address_is_answered_with_a_problem()
    {
        Assert.Equal(414, await SendAsync($"GET /jobs?tag={new string('a', 9_000)} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
        Assert.Equal(414, await SendAsync($"GET /jobs/{new string('a', 60_000)} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    }

    [Fact]
    public async Task Large_and_many_header_fields_are_answered_with_a_problem()
    {
        Assert.Equal(431, await SendAsync($"GET /jobs HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Large: {new string('a', 40_000)}\r\n\r\n"));
        var many = string.Concat(Enumerable.Range(0, 150).Select(n => string.Create(CultureInfo.InvariantCulture, $"X-{n}: 1\r\n")));
        Assert.Equal(431, await SendAsync($"GET /jobs HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{many}\r\n"));
    }

    [Theory]
    [InlineData("TRACE /jobs", 405)]
    [InlineData("BREW /jobs", 405)]
    [InlineData("GET /jobs:batch", 405)]
    [InlineData("OPTIONS *", 404)]
    public async Task A_method_that_nothing_takes_is_answered_with_a_problem(string request, int status) =>
        Assert.Equal(status, await SendAsync($"{request} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));

    /// <summary>The web server ends these by itself, before there is a request that anything could be said about.</summary>
    [Theory]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /jobs HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /jobs HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET /jobs/%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("GET /jobs HTTP/1.1\r\nHost: h\r\nno field\r\n\r\n", 400)]
    [InlineData("GET /jobs HTTP/7.0\r\nHost: h\r\n\r\n", 505)]
    [InlineData("CONNECT example.org:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("GET example.org:80 HTTP/1.1\r\nHost: h\r\n\r\n", 405)]
    public async Task What_is_no_request_is_refused_with_a_status_alone(string sent, int status)
    {
        var answer = await ExchangeAsync(sent);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_eight_times_too_large_is_refused_with_a_status_alone()
    {
        Assert.StartsWith("HTTP/1.1 414 ", await ExchangeAsync($"GET /{new string('a', 66_000)} HTTP/1.1\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await ExchangeAsync($"GET / HTTP/1.1\r\nX-Large: {new string('a', 263_000)}"), StringComparison.Ordinal);
    }

    /// <summary>Sends bytes as they are, and reads a problem.</summary>
    /// <returns>Its status.</returns>
    private async Task<int> SendAsync(string request)
    {
        var answer = await ExchangeAsync(request);
        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}"), head, StringComparison.Ordinal);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {problem.GetProperty("status").GetInt32()} "), head, StringComparison.Ordinal);
        return problem.GetProperty("status").GetInt32();
    }

    private async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        return await ReadAsync(stream).WaitAsync(Patience.Limit);
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            for (var read = await stream.ReadAsync(buffer); read > 0; read = await stream.ReadAsync(buffer))
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // What was not read of the request may end the connection before the answer's end does.
        }

        return answer.ToString();
    }
}
