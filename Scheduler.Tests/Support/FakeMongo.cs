using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Scheduler.Tests.Support;

/// <summary>Says that it is a MongoDB server, and answers what a spec has it answer: for errors that no server at hand gives.</summary>
internal sealed class FakeMongo : IDisposable
{
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Message = 2013;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, BsonDocument?> _answer;

    /// <summary>Listens at once.</summary>
    /// <param name="answer">To a command, by its name; null to answer that it went well.</param>
    public FakeMongo(Func<string, BsonDocument?> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens on the loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What a server says that refuses a command.</summary>
    public static BsonDocument Refusal(int code, string text) => new() { { "ok", 0.0 }, { "code", code }, { "errmsg", text } };

    /// <summary>What a server says that found these documents.</summary>
    public static BsonDocument Found(IEnumerable<BsonDocument> documents) => new()
    {
        { "ok", 1.0 },
        { "cursor", new BsonDocument { { "id", 0L }, { "ns", "spec.found" }, { "firstBatch", new BsonArray(documents) } } },
    };

    public void Dispose() => _listener.Dispose();

    private static BsonDocument Hello => new()
    {
        { "helloOk", true },
        { "isWritablePrimary", true },
        { "ismaster", true },
        { "setName", "rs0" },
        { "hosts", new BsonArray { "fake:1" } },
        { "maxBsonObjectSize", 16 << 20 },
        { "maxMessageSizeBytes", 48_000_000 },
        { "maxWriteBatchSize", 100_000 },
        { "logicalSessionTimeoutMinutes", 30 },
        { "minWireVersion", 0 },
        { "maxWireVersion", 21 },
        { "ok", 1.0 },
    };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var _ = client;
            var stream = client.GetStream();
            var header = new byte[16];
            while (true)
            {
                await stream.ReadExactlyAsync(header);
                var body = new byte[BitConverter.ToInt32(header, 0) - 16];
                await stream.ReadExactlyAsync(body);
                var isQuery = BitConverter.ToInt32(header, 12) == Query;
                // Flags and, of a query, the collection's name and two numbers; of a message, the kind of its section.
                var start = isQuery ? Array.IndexOf(body, (byte)0, 4) + 9 : 5;
                var command = BsonSerializer.Deserialize<BsonDocument>(body.AsSpan(start, BitConverter.ToInt32(body, start)).ToArray());
                var name = command.GetElement(0).Name;
                var answer = (name is "hello" or "isMaster" or "ismaster" ? Hello : _answer(name) ?? new BsonDocument("ok", 1.0)).ToBson();
                byte[] head = isQuery ? [.. new byte[16], 1, 0, 0, 0] : new byte[5];
                byte[] length = BitConverter.GetBytes(16 + head.Length + answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. length, .. header.AsSpan(4, 4), .. BitConverter.GetBytes(isQuery ? Reply : Message), .. head, .. answer]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended by the other side.
        }
    }
}
