using System.Buffers;
using System.Text.Json;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.Batch;

/// <summary>Writes a batch's answers while lines still come.</summary>
internal static class BatchAnswers
{
    /// <summary>So many bytes of answers are sent at once while more are ready.</summary>
    private const int FlushedAt = 16 * 1024;

    /// <summary>Writes the answers in the order of the lines. What is ready is sent as soon as nothing more is.</summary>
    public static async Task SendAsync(HttpContext context, BatchWindow window)
    {
        var response = context.Response;
        var aborted = context.RequestAborted;
        var unsent = 0L;
        while (await window.WaitAsync(aborted))
        {
            while (window.TryPeek(out var pending))
            {
                if (!pending.IsCompleted)
                    unsent = await FlushAsync(response, unsent, aborted);
                var answer = await pending;
                if (!response.HasStarted)
                    await StartAsync(response, aborted);

                unsent += Write(response.BodyWriter, answer);
                window.Leave();
                if (unsent >= FlushedAt)
                    unsent = await FlushAsync(response, unsent, aborted);
            }

            unsent = await FlushAsync(response, unsent, aborted);
        }

        if (!response.HasStarted)
            await StartAsync(response, aborted);
    }

    /// <summary>Says in a last line why none after it is answered.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="line">The first line that was not taken in.</param>
    /// <param name="why">Why it was not.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task EndAsync(HttpResponse response, long line, ProblemAnswer why, CancellationToken cancellationToken)
    {
        Write(response.BodyWriter, new BatchLineAnswer
        {
            Line = line,
            Status = why.Status,
            Type = why.Type,
            Detail = why.Detail,
        });
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static Task StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = BatchEndpoint.Ndjson;
        response.Headers.CacheControl = "no-store";
        return response.StartAsync(cancellationToken);
    }

    private static async ValueTask<long> FlushAsync(HttpResponse response, long unsent, CancellationToken cancellationToken)
    {
        if (unsent > 0)
            await response.BodyWriter.FlushAsync(cancellationToken);
        return 0;
    }

    private static long Write(IBufferWriter<byte> output, BatchLineAnswer answer)
    {
        using var json = new Utf8JsonWriter(output, Answer.Writing);
        JsonSerializer.Serialize(json, answer, ApiJson.Answers.BatchLineAnswer);
        json.Flush();
        output.Write("\n"u8);
        return json.BytesCommitted;
    }
}
