using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Execution.Http;

/// <summary>
/// What is kept of an answer, as the run's output: <c>{"status":200,"headers":{…},"body":…,"truncated":true}</c>. Headers are those that
/// the job chose; a body is JSON when it says so, is whole and is well-formed, else text. What there is nothing of is left out.
/// </summary>
internal static class HttpAnswer
{
    /// <summary>How much of a body is kept, in bytes.</summary>
    public const int KeptBytes = 16 * 1024;

    /// <summary>How much of a header field's value is kept, in characters.</summary>
    public const int KeptHeaderLength = 1024;

    /// <summary>
    /// The largest output, in bytes: control characters take six each in JSON, and an outcome has to fit into one message between nodes.
    /// </summary>
    public const int MaxOutputBytes = 64 * 1024;

    private const int MaxDepth = 60;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>
    /// Reads what is kept. Its status has already decided the attempt's outcome: a body that breaks off, that has no end or that does not
    /// come in time is kept as far as it came, and is truncated.
    /// </summary>
    /// <param name="response">Its headers are read.</param>
    /// <param name="keptHeaders">The fields to keep.</param>
    /// <param name="timeout">How long the body may take.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public static async Task<JsonText> ReadAsync(
        HttpResponseMessage response, ValueList<string> keptHeaders, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (body, isWhole) = await BodyAsync(response, timeout, clock, cancellationToken);
        var text = Encoding.UTF8.GetString(body);
        var json = isWhole && IsJson(response) && TryJson(body) ? text : null;
        while (true)
        {
            var output = Write(response, keptHeaders, text, json, isWhole);
            if (output.Length <= MaxOutputBytes || text.Length == 0)
                return new JsonText(Encoding.UTF8.GetString(output));
            text = text[..(text.Length / 2)];
            (json, isWhole) = (null, false);
        }
    }

    /// <summary>
    /// An answer that failed the attempt, in words, as the attempt's error: its status, the fields that the job chose, and what of its body
    /// an error has room for, on one line.
    /// </summary>
    /// <inheritdoc cref="ReadAsync(HttpResponseMessage, ValueList{string}, TimeSpan, TimeProvider, CancellationToken)"/>
    public static async Task<string> DescribeAsync(
        HttpResponseMessage response, ValueList<string> keptHeaders, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (body, _) = await BodyAsync(response, timeout, clock, cancellationToken);
        var line = string.Concat($"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), Fields(response, keptHeaders));
        var said = OneLine(Encoding.UTF8.GetString(body));
        return said.Length == 0 ? $"The target answered {line}." : $"The target answered {line}: {said}";
    }

    private static string Fields(HttpResponseMessage response, ValueList<string> keptHeaders)
    {
        var fields = keptHeaders.Select(name => (Name: name, Value: Field(response, name))).Where(f => f.Value is not null).Select(f => $"{f.Name}: {OneLine(f.Value!)}");
        var text = string.Join("; ", fields);
        return text.Length == 0 ? "" : $" ({text})";
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static async Task<(byte[] Body, bool IsWhole)> BodyAsync(
        HttpResponseMessage response, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var buffer = new byte[KeptBytes + 1];
        var length = 0;
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            length = await ReadAsync(stream, buffer, l => length = l, either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (buffer[..Math.Min(length, KeptBytes)], IsWhole: false);
        }

        return (buffer[..Math.Min(length, KeptBytes)], length <= KeptBytes);
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, Action<int> soFar, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is var read and > 0)
            soFar(length += read);
        return length;
    }

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static bool TryJson(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return IsText(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // An escaped half of a surrogate pair is well-formed JSON, and nobody could read it back.
            return false;
        }
    }

    private static bool IsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is not null,
        JsonValueKind.Array => value.EnumerateArray().All(IsText),
        JsonValueKind.Object => value.EnumerateObject().All(p => p.Name is not null && IsText(p.Value)),
        _ => true,
    };

    private static byte[] Write(HttpResponseMessage response, ValueList<string> keptHeaders, string text, string? json, bool isWhole)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteNumber("status", (int)response.StatusCode);
            WriteHeaders(writer, response, keptHeaders);
            if (text.Length > 0)
            {
                writer.WritePropertyName("body");
                if (json is null)
                    writer.WriteStringValue(text);
                else
                    writer.WriteRawValue(json);
            }

            if (!isWhole)
                writer.WriteBoolean("truncated", value: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteHeaders(Utf8JsonWriter writer, HttpResponseMessage response, ValueList<string> keptHeaders)
    {
        if (keptHeaders.Count == 0)
            return;
        writer.WriteStartObject("headers");
        foreach (var name in keptHeaders)
        {
            if (Field(response, name) is { } value)
                writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>What is kept of a header field; null when the answer has none of that name.</summary>
    private static string? Field(HttpResponseMessage response, string name)
    {
        if (!response.Headers.NonValidated.TryGetValues(name, out var values) && !response.Content.Headers.NonValidated.TryGetValues(name, out values))
            return null;
        var value = values.ToString();
        return value.Length <= KeptHeaderLength ? value : value[..KeptHeaderLength];
    }
}
