using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scheduler.Tests.Support;

/// <summary>A TCP connection to a server that a spec can cut and mend: connections end without a word, and new ones are refused.</summary>
internal sealed class CutLink : IDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private TcpListener? _listener;
    private Awaited? _awaited;
    private Func<Task>? _last;
    private volatile bool _keepsAnswers;

    public CutLink(string host, int port)
    {
        _host = host;
        _port = port;
        Mend();
    }

    /// <summary>Where to connect to on the loopback.</summary>
    public int Port { get; private set; }

    public void Mend()
    {
        _keepsAnswers = false;
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    public void Cut()
    {
        _listener?.Dispose();
        _listener = null;
        lock (_gate)
        {
            foreach (var socket in _open)
                socket.Dispose();
            _open.Clear();
        }
    }

    /// <summary>Cuts the link instead of passing on the next request to the server that has all of these words in it.</summary>
    public void CutBefore(params string[] words) => Volatile.Write(ref _awaited, new Awaited(words, Meanwhile: null));

    /// <summary>Holds up the next request to the server that has all of these words in it until something else is done.</summary>
    public void HoldBefore(Func<Task> meanwhile, params string[] words) => Volatile.Write(ref _awaited, new Awaited(words, meanwhile));

    /// <summary>Passes the next request on to the server, keeps its answers back, waits for <paramref name="seen"/>, and cuts the link.</summary>
    public void CutAfterRequest(Func<Task> seen) => Volatile.Write(ref _last, seen);

    public void Dispose() => Cut();

    private Awaited? Meet(ReadOnlySpan<byte> request)
    {
        if (Volatile.Read(ref _awaited) is not { } awaited)
            return null;
        var text = Encoding.Latin1.GetString(request);
        return awaited.Words.All(word => text.Contains(word, StringComparison.Ordinal)) ? Interlocked.Exchange(ref _awaited, null) : null;
    }

    private async Task PumpAsync(Socket from, Socket to, bool isRequest)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                if (isRequest && Meet(buffer.AsSpan(0, read)) is { } met)
                {
                    if (met.Meanwhile is null)
                    {
                        Cut();
                        break;
                    }

                    await met.Meanwhile();
                }

                var last = isRequest ? Interlocked.Exchange(ref _last, value: null) : null;
                _keepsAnswers |= last is not null;
                if (!isRequest && _keepsAnswers)
                    continue;
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                if (last is not null)
                {
                    await last();
                    Cut();
                    break;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or ended by the other side.
        }

        from.Dispose();
        to.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await far.ConnectAsync(_host, _port);
                near.NoDelay = true;
                lock (_gate)
                    _open.AddRange([near, far]);
                _ = PumpAsync(near, far, isRequest: true);
                _ = PumpAsync(far, near, isRequest: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private sealed record Awaited(string[] Words, Func<Task>? Meanwhile);
}
