using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scheduler.Tests.Support;

/// <summary>Speaks what no web server would: a spec writes its answer's bytes itself.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private RawReceiver(Func<Socket, int, CancellationToken, Task> answer)
    {
        _listener.Start();
        _accepting = AcceptAsync(answer);
    }

    /// <summary>The numbers of the connections whose request has come.</summary>
    public Recorded<int> Requests { get; } = new("a request");

    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Starts one.</summary>
    /// <param name="answer">Gets the connection, once its request has come, and its number from 1; afterwards it is closed.</param>
    public static RawReceiver Start(Func<Socket, int, CancellationToken, Task> answer) => new(answer);

    /// <summary>Sends text.</summary>
    public static async Task SayAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, int, CancellationToken, Task> answer)
    {
        var serving = new List<Task>();
        try
        {
            for (var number = 1; ; number++)
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token), number, answer));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket, int number, Func<Socket, int, CancellationToken, Task> answer)
    {
        using (socket)
        {
            try
            {
                if (await socket.ReceiveAsync(new byte[16 * 1024], _stop.Token) == 0)
                    return;
                Requests.Add(number);
                await answer(socket, number, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The caller had enough, or the spec is over.
            }
        }
    }
}
