using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads a request's JSON body, within bounds.</summary>
internal static class RequestBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>
    /// How deep a body may be nested. An event's page holds a body's parameters three levels deeper than the body did, and most JSON
    /// readers, the journal's included, stop at 64: what is taken in can be read back everywhere.
    /// </summary>
    public const int MaxDepth = 60;

    private const int FirstBuffer = 4096;

    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The body's bytes; empty when there is none.</summary>
    /// <exception cref="ProblemException">The body is too large, or not JSON by its media type.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > MaxBytes)
            throw Problems.TooLarge(MaxBytes);
        if (!string.IsNullOrEmpty(request.ContentType))
            RequireJson(request);

        var body = await ReadBytesAsync(request, context.RequestAborted);
        if (body.Length > 0)
            RequireJson(request);
        return body;
    }

    /// <summary>The bytes of a body that may be left out: what an empty one calls itself says nothing, and clients differ in it.</summary>
    /// <exception cref="ProblemException">There is a body, and it is too large, or not JSON by its media type.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadOptionalAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > MaxBytes)
            throw Problems.TooLarge(MaxBytes);
        if (request.ContentLength > 0)
            RequireJson(request);

        var body = await ReadBytesAsync(request, context.RequestAborted);
        if (body.Length > 0)
            RequireJson(request);
        return body;
    }

    /// <summary>Reads JSON.</summary>
    /// <param name="body">The text.</param>
    /// <param name="firstLine">The number of its first line, where it is a part of something longer.</param>
    /// <exception cref="ProblemException">It is not well-formed JSON in UTF-8; the problem says where.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, long firstLine = 1)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (body.IsEmpty)
            throw Problems.BadJson("The body is empty; a JSON object is expected.");
        if (!Utf8.IsValid(body.Span))
            throw Problems.BadJson("The body is not valid UTF-8.");
        try
        {
            return JsonDocument.Parse(body, Parsing);
        }
        catch (JsonException e)
        {
            throw Problems.BadJson(Describe(e, firstLine));
        }
        catch (InvalidOperationException)
        {
            // Looking for duplicates reads all names, and one of them is no text.
            throw Problems.BadJson("A field's name holds half of a surrogate pair.");
        }
    }

    /// <summary>Refuses a body that is compressed.</summary>
    /// <exception cref="ProblemException">It is.</exception>
    public static void RequireIdentity(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
            throw Problems.UnsupportedMediaType($"Content-Encoding: {encoding}");
    }

    private static void RequireJson(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType) || !IsJson(request.ContentType))
            throw Problems.UnsupportedMediaType(request.ContentType);
        RequireIdentity(request);
    }

    /// <summary>What the parser says, with its position in people's counting: lines and columns from 1.</summary>
    private static string Describe(JsonException e, long firstLine)
    {
        var message = e.Message;
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (position >= 0)
            message = message[..position];
        return e.LineNumber is { } line && e.BytePositionInLine is { } column ? $"Line {line + firstLine}, position {column + 1}: {message}" : message;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // One byte more than announced, so that the read which finds the end needs no larger buffer.
        var buffer = new byte[request.ContentLength is { } announced ? (int)announced + 1 : FirstBuffer];
        var length = 0;
        while (true)
        {
            var read = await ReadSomeAsync(request.Body, buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                return buffer.AsMemory(0, length);
            length += read;
            if (length > MaxBytes)
                throw Problems.TooLarge(MaxBytes);
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaxBytes + 1));
        }
    }

    /// <summary>Reads some of a body. What is wrong with how it is sent is the client's fault; the web server says so of most, but not of a chunk's size that is no number.</summary>
    /// <exception cref="BadHttpRequestException">The body can't be read.</exception>
    public static async ValueTask<int> ReadSomeAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException && e.InnerException is OverflowException)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }

    /// <summary>Whether a media type leaves the encoding open, or says that it is UTF-8.</summary>
    public static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(string contentType)
    {
        if (contentType == "application/json")
            return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            return false;
        var isJson = type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        return isJson && IsUtf8(type);
    }
}
