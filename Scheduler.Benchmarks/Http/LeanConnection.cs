using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scheduler.Benchmarks.Http;

/// <summary>
/// HTTP/1.1 over one keep-alive socket, one request at a time. It shares two cores with the server that is measured, so it does as
/// little as a caller can: <see cref="HttpClient"/> costs several times as much.
/// </summary>
internal sealed class LeanConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly ArrayBufferWriter<byte> _unchunked = new();
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;

    private LeanConnection(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    public static async Task<LeanConnection> OpenAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        return new LeanConnection(socket);
    }

    /// <summary>A request's bytes.</summary>
    public static byte[] Request(string method, string path, string? json = null)
    {
        var head = new StringBuilder().Append($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if (json is not null)
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(json).ToString());
    }

    /// <summary>Sends a request and reads its answer. The body is valid until the next call.</summary>
    public async ValueTask<LeanAnswer> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
            request = request[await _socket.SendAsync(request)..];
        _filled = 0;
        int headEnd;
        while ((headEnd = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync();
        headEnd += 4;
        var head = Encoding.ASCII.GetString(_buffer, 0, headEnd);
        var status = int.Parse(head.AsSpan(9, 3));
        if (HeaderOf(head, "Content-Length") is { } length)
        {
            var end = headEnd + int.Parse(length);
            while (_filled < end)
                await FillAsync();
            return new LeanAnswer(status, _buffer.AsMemory(headEnd, end - headEnd));
        }

        return HeaderOf(head, "Transfer-Encoding") is null
            ? new LeanAnswer(status, ReadOnlyMemory<byte>.Empty)
            : new LeanAnswer(status, await UnchunkAsync(headEnd));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static string? HeaderOf(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var value = at + name.Length + 3;
        return head[value..head.IndexOf("\r\n", value, StringComparison.Ordinal)].Trim();
    }

    private async ValueTask<ReadOnlyMemory<byte>> UnchunkAsync(int position)
    {
        _unchunked.ResetWrittenCount();
        while (true)
        {
            int lineLength;
            while ((lineLength = _buffer.AsSpan(position, _filled - position).IndexOf("\r\n"u8)) < 0)
                await FillAsync();
            var size = Convert.ToInt32(Encoding.ASCII.GetString(_buffer, position, lineLength), 16);
            position += lineLength + 2;
            while (_filled < position + size + 2)
                await FillAsync();
            if (size == 0)
                return _unchunked.WrittenMemory;
            _unchunked.Write(_buffer.AsSpan(position, size));
            position += size + 2;
        }
    }

    private async ValueTask FillAsync()
    {
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
        if (read == 0)
            throw new IOException("The server closed the connection in the middle of an answer.");
        _filled += read;
    }
}

/// <summary>An answer's status code and body.</summary>
internal readonly record struct LeanAnswer(int Status, ReadOnlyMemory<byte> Body);
