using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>The media type of problems.</summary>
    internal const string ProblemMediaType = "application/problem+json";

    private const string ProblemJson = $"{ProblemMediaType}; charset=utf-8";

    /// <summary>A buffer that has grown beyond this is not kept.</summary>
    private const int KeptCapacity = 1 << 20;

    /// <summary>How answers are written: nothing in them is ever HTML.</summary>
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>Writes <paramref name="value"/> with its length, so that small answers are one packet and never chunked.</summary>
    public static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type) => WriteAsync(context, status, value, type, Json);

    /// <summary>Writes JSON that is written already.</summary>
    public static Task WriteAsync(HttpContext context, byte[] json)
    {
        Begin(context, json.Length);
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    /// <summary>Begins an answer of JSON that is sent piece by piece.</summary>
    public static void Begin(HttpContext context, long length)
    {
        context.Response.ContentType = Json;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = length;
    }

    /// <summary>Writes a problem.</summary>
    public static Task WriteProblemAsync(HttpContext context, ProblemAnswer problem, int? retryAfter = null)
    {
        if (retryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, problem.Status, problem, ApiJson.Answers.ProblemAnswer, ProblemJson);
    }

    /// <summary>Sets the revision as the <c>ETag</c>: a run in between must not make an edit stale.</summary>
    public static void SetETag(HttpContext context, JobState job) =>
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{job.Revision}\"");

    /// <summary>Answers a command with the job after it.</summary>
    public static Task WriteJobAsync(HttpContext context, int status, JobAccepted accepted)
    {
        SetETag(context, accepted.State);
        MarkReplayed(context, accepted.Replayed);
        return WriteAsync(context, status, JobMapping.ToAnswer(accepted.State, context.RequestServices.GetRequiredService<JobWaits>().Of(accepted.State)), ApiJson.Answers.JobAnswer);
    }

    /// <summary>Says that nothing was stored now, because all was so already.</summary>
    public static void MarkReplayed(HttpContext context, bool isReplayed)
    {
        if (isReplayed)
            context.Response.Headers["Idempotent-Replayed"] = "true";
    }

    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type, string contentType)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";

        // Nothing awaits between here and the copy into the response, so this thread's buffer is nobody else's meanwhile.
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(4096);
        var writer = t_writer ??= new Utf8JsonWriter(buffer, Writing);
        try
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            JsonSerializer.Serialize(writer, value, type);
            response.ContentLength = buffer.WrittenCount;
            response.BodyWriter.Write(buffer.WrittenSpan);
        }
        finally
        {
            if (buffer.Capacity > KeptCapacity)
                (t_buffer, t_writer) = (null, null);
        }

        var flush = response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}
