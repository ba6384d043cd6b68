using System.Net;
using System.Net.Sockets;
using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

/// <summary>
/// An attempt sends its request once, whatever the receiver does with it: what was received may have been acted upon, and whether it is tried
/// again is the job's to say.
/// </summary>
public sealed class OneCallSpecs
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    /// <summary>What a receiver may do to a request that it has read, other than to answer it well; whether the connection is kept.</summary>
    private static readonly Dictionary<string, Func<Socket, Task<bool>>> Ends = new(StringComparer.Ordinal)
    {
        ["closes"] = _ => Task.FromResult(false),
        ["resets"] = socket =>
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return Task.FromResult(false);
        },
        ["closes its half"] = async socket =>
        {
            socket.Shutdown(SocketShutdown.Send);
            // Whatever comes next on this connection is heard all the same.
            while (await socket.ReceiveAsync(new byte[1024]) > 0)
                continue;
            return false;
        },
        ["answers 408 and closes"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return false;
        },
        ["answers 503 and goes on"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
            return true;
        },
        ["answers 401 and goes on"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n");
            return true;
        },
        ["answers 417 and goes on"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
            return true;
        },
        ["answers 421 and goes on"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n");
            return true;
        },
        ["breaks off in the status line"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 2");
            return false;
        },
        ["says 100 and closes"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 100 Continue\r\n\r\n");
            return false;
        },
        ["says what is no HTTP"] = async socket =>
        {
            await RawReceiver.SayAsync(socket, "\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\0");
            return false;
        },
    };

    public static TheoryData<string> Behaviours => [.. Ends.Keys];

    [Theory]
    [MemberData(nameof(Behaviours))]
    public async Task A_request_is_sent_once_by_each_method_with_and_without_a_body_on_fresh_and_used_connections(string end)
    {
        foreach (var method in Methods)
        {
            foreach (var body in (JsonText?[])[null, new JsonText("""{"a":1}""")])
            {
                foreach (var isPooled in (bool[])[false, true])
                {
                    await using var receiver = new KeepAliveReceiver();
                    using var calls = new HttpCalls();
                    var target = HttpCalls.Post(receiver.Url) with { Method = method, Body = body };
                    if (isPooled)
                        await calls.CallAsync(target);
                    var before = receiver.Requests.Items.Count;
                    var connections = receiver.Connections;

                    receiver.End = Ends[end];
                    await Assert.ThrowsAnyAsync<Exception>(() => calls.CallAsync(target, attempt: 2));

                    // Another one is answered after all that there was to be heard of this one.
                    receiver.End = null;
                    await calls.CallAsync(target, attempt: 3);
                    Assert.Equal(before + 2, receiver.Requests.Items.Count);
                    Assert.True(!isPooled || connections == 1, $"{method} went over {connections} connections before");
                }
            }
        }
    }

    [Fact]
    public async Task A_request_without_a_body_says_that_it_has_none()
    {
        foreach (var method in Methods)
        {
            await using var receiver = new KeepAliveReceiver();
            using var calls = new HttpCalls();
            await calls.CallAsync(HttpCalls.Post(receiver.Url) with { Method = method });

            var request = Assert.Single(receiver.Requests.Items);
            Assert.StartsWith($"{method} / HTTP/1.1\r\n", request, StringComparison.Ordinal);
            Assert.Contains("\r\nContent-Length: 0\r\n", request, StringComparison.Ordinal);
            Assert.DoesNotContain("Content-Type", request, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Transfer-Encoding", request, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>
    /// HTTP/2 lets a receiver refuse a stream that it has read (GOAWAY, REFUSED_STREAM), and .NET's client then sends it again by itself: so it
    /// is never offered.
    /// </summary>
    [Fact]
    public async Task HTTP_2_is_offered_to_nobody()
    {
        var hellos = new Recorded<byte[]>("a client hello");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepting = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            var hello = new byte[16 * 1024];
            hellos.Add(hello[..await socket.ReceiveAsync(hello)]);
        });
        using var calls = new HttpCalls();

        await Assert.ThrowsAnyAsync<Exception>(() => calls.CallAsync(HttpCalls.Post($"https://{listener.LocalEndpoint}/")));
        await accepting;
        var text = Encoding.Latin1.GetString(await hellos.NextAsync());
        Assert.DoesNotContain("\u0002h2", text, StringComparison.Ordinal);
    }

    /// <summary>A receiver that keeps connections open while it answers well, and counts every request that it has read whole.</summary>
    private sealed class KeepAliveReceiver : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];
        private readonly Task _accepting;
        private int _connections;

        public KeepAliveReceiver()
        {
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public string Url => $"http://{_listener.LocalEndpoint}/";

        public Recorded<string> Requests { get; } = new("a request");

        public int Connections => Volatile.Read(ref _connections);

        /// <summary>What is done instead of answering 200.</summary>
        public Func<Socket, Task<bool>>? End { get; set; }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            lock (_sockets)
                _sockets.ForEach(s => s.Dispose());
            await _accepting;
        }

        private async Task AcceptAsync()
        {
            var serving = new List<Task>();
            try
            {
                while (true)
                {
                    var socket = await _listener.AcceptSocketAsync();
                    Interlocked.Increment(ref _connections);
                    lock (_sockets)
                        _sockets.Add(socket);
                    serving.Add(ServeAsync(socket));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                await Task.WhenAll(serving);
            }
        }

        private async Task ServeAsync(Socket socket)
        {
            using (socket)
            {
                try
                {
                    var rest = "";
                    while (await ReadAsync(socket, rest) is { } read)
                    {
                        rest = read.More;
                        Requests.Add(read.Request);
                        if (End is { } end)
                        {
                            if (!await end(socket))
                                return;
                        }
                        else
                        {
                            await RawReceiver.SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        }
                    }
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // The caller had enough, or the spec is over.
                }
            }
        }

        private static async Task<(string Request, string More)?> ReadAsync(Socket socket, string text)
        {
            var buffer = new byte[16 * 1024];
            while (true)
            {
                if (Length(text) is { } length && text.Length >= length)
                    return (text[..length], text[length..]);
                var read = await socket.ReceiveAsync(buffer);
                if (read == 0)
                    return null;
                text += Encoding.Latin1.GetString(buffer, 0, read);
            }
        }

        /// <summary>How long the first request is; null while its header fields are not all there.</summary>
        private static int? Length(string text)
        {
            const string Field = "\r\nContent-Length: ";
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                return null;
            var field = text.IndexOf(Field, 0, end, StringComparison.OrdinalIgnoreCase);
            var body = field < 0 ? "0" : text[(field + Field.Length)..text.IndexOf("\r\n", field + Field.Length, StringComparison.Ordinal)];
            return end + 4 + int.Parse(body, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
