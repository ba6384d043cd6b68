using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Benchmarks.Load;

/// <summary>What nodes asked a database for, and how much of the journal it gave them.</summary>
/// <param name="Commands">Commands sent, by their names and collections.</param>
/// <param name="BytesSent">To the server.</param>
/// <param name="BytesReceived">From the server.</param>
/// <param name="JournalDocuments">Whole documents in answers to reads of the journal.</param>
/// <param name="JournalKeys">Those of which only the key was asked for.</param>
internal sealed record MongoTraffic(IReadOnlyDictionary<string, long> Commands, long BytesSent, long BytesReceived, long JournalDocuments, long JournalKeys)
{
    /// <summary>All commands.</summary>
    public long Total => Commands.Values.Sum();

    public static MongoTraffic operator -(MongoTraffic after, MongoTraffic before) => new(
        after.Commands.ToDictionary(one => one.Key, one => one.Value - before.Commands.GetValueOrDefault(one.Key), StringComparer.Ordinal),
        after.BytesSent - before.BytesSent,
        after.BytesReceived - before.BytesReceived,
        after.JournalDocuments - before.JournalDocuments,
        after.JournalKeys - before.JournalKeys);
}

/// <summary>
/// Stands between nodes and their database, passes everything on, and counts the messages (OP_MSG, the only one that a server of today takes after the first). Any server and any
/// number of processes can be counted so, without a word of the server's own statistics, which not every one has.
/// </summary>
internal sealed class MongoTap : IAsyncDisposable
{
    private const int HeaderBytes = 16;
    private const int OpMsg = 2013;

    // Flags, and the kind of the first section, which is the command or the answer itself.
    private const int BodyAt = HeaderBytes + 4 + 1;

    private readonly MongoServerAddress _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, long> _commands = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;
    private long _sent;
    private long _received;
    private long _documents;
    private long _keys;

    public MongoTap(string connectionString)
    {
        var url = new MongoUrlBuilder(connectionString);
        _server = url.Server;
        _listener.Start();
        url.Server = new MongoServerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        // The members of a replica set would be asked for by their own names, past the tap.
        url.DirectConnection = true;
        url.ReplicaSetName = null;
        ConnectionString = url.ToString();
        _accepting = AcceptAsync();
    }

    /// <summary>Names the same database, through the tap.</summary>
    public string ConnectionString { get; }

    /// <summary>What has passed so far.</summary>
    public MongoTraffic Traffic => new(
        new Dictionary<string, long>(_commands, StringComparer.Ordinal), Interlocked.Read(ref _sent), Interlocked.Read(ref _received), Interlocked.Read(ref _documents), Interlocked.Read(ref _keys));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                _sockets.Add(near);
                _sockets.Add(far);
                near.NoDelay = true;
                await far.ConnectAsync(_server.Host, _server.Port);
                _ = PassAsync(near, far, CountRequest);
                _ = PassAsync(far, near, CountAnswer);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The end of the measure.
        }
    }

    private static async Task PassAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> count)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            var reader = PipeReader.Create(source, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
            var header = new byte[HeaderBytes];
            while (true)
            {
                var read = await reader.ReadAtLeastAsync(HeaderBytes);
                if (read.Buffer.Length < HeaderBytes)
                    break;
                Copy(read, header);
                var length = BinaryPrimitives.ReadInt32LittleEndian(header);
                reader.AdvanceTo(read.Buffer.Start);
                read = await reader.ReadAtLeastAsync(length);
                if (read.Buffer.Length < length)
                    break;
                var message = new byte[length];
                Copy(read, message);
                reader.AdvanceTo(read.Buffer.GetPosition(length));
                await target.WriteAsync(message);
                count(message);
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone; the other is told by its own socket's end.
        }

        from.Dispose();
        to.Dispose();
    }

    private static void Copy(ReadResult read, byte[] into)
    {
        var rest = into.AsSpan();
        foreach (var part in read.Buffer)
        {
            var here = part.Span[..Math.Min(part.Length, rest.Length)];
            here.CopyTo(rest);
            rest = rest[here.Length..];
            if (rest.IsEmpty)
                return;
        }
    }

    private void CountRequest(ReadOnlyMemory<byte> message)
    {
        Interlocked.Add(ref _sent, message.Length);
        if (!IsMessage(message.Span))
            return;
        // A document's length, the type of its first element, and that element's name, which is the command's.
        var first = message.Span[(BodyAt + 4)..];
        var isText = first[0] == (byte)BsonType.String;
        var name = first[1..];
        var end = name.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(name[..end]);
        // Drivers that watch a server send this by themselves, and wait ten seconds for the answer.
        if (text is "hello" or "isMaster" or "ismaster")
            return;
        // The element's value is the collection's name, where there is one: its length, itself, a zero.
        if (isText && name[(end + 1)..] is var value && BinaryPrimitives.ReadInt32LittleEndian(value) is var length and > 1)
            text += $" {Encoding.UTF8.GetString(value.Slice(4, length - 1))}";
        _commands.AddOrUpdate(text, 1, static (_, count) => count + 1);
    }

    private void CountAnswer(ReadOnlyMemory<byte> message)
    {
        Interlocked.Add(ref _received, message.Length);
        if (!IsMessage(message.Span))
            return;
        var body = BinaryPrimitives.ReadInt32LittleEndian(message.Span[BodyAt..]);
        using var answer = new RawBsonDocument(message.Slice(BodyAt, body).ToArray());
        if (!answer.TryGetValue("cursor", out var value) || value is not BsonDocument cursor)
            return;
        if (!cursor.TryGetValue("ns", out var space) || !space.AsString.EndsWith(".EventJournal", StringComparison.Ordinal))
            return;
        if (!cursor.TryGetValue("firstBatch", out var batch) && !cursor.TryGetValue("nextBatch", out batch))
            return;
        var all = batch.AsBsonArray;
        var whole = all.Count(static document => document.AsBsonDocument.Contains("PersistenceId"));
        Interlocked.Add(ref _documents, whole);
        Interlocked.Add(ref _keys, all.Count - whole);
    }

    private static bool IsMessage(ReadOnlySpan<byte> message) =>
        message.Length > BodyAt + 5 && BinaryPrimitives.ReadInt32LittleEndian(message[12..]) == OpMsg && message[BodyAt - 1] == 0;
}
