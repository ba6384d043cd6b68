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

    /// <summary>Sends bytes as they are, and reads a problem.</summary>
    /// <returns>Its status.</returns>
    private async Task<int> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));

        var answer = await ReadAsync(stream).WaitAsync(Patience.Limit);
        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}"), head, StringComparison.Ordinal);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {problem.GetProperty("status").GetInt32()} "), head, StringComparison.Ordinal);
        return problem.GetProperty("status").GetInt32();
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
