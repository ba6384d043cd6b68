using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Batch;

/// <summary>
/// <c>POST /jobs:batch</c>: a job a line in, an answer a line out, in order, while lines still come. A client that stops reading is not read
/// from any more; nothing but its lines bounds how much it may send.
/// </summary>
internal sealed partial class BatchEndpoint(JobCommandEndpoints commands, IHostApplicationLifetime lifetime, ILogger<BatchEndpoint> log)
{
    internal const string Ndjson = "application/x-ndjson";

    /// <summary>So many bytes of answers are sent at once while more are ready.</summary>
    private const int FlushedAt = 16 * 1024;

    internal static readonly string[] MediaTypes = [Ndjson, "application/ndjson", "application/jsonl"];

    /// <summary>Answers the call.</summary>
    public async Task CreateAllAsync(HttpContext context)
    {
        RequireLines(context.Request);
        var origin = CommandReader.Origin(context);
        LiftLimits(context);
        using var window = new BatchWindow();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var intake = TakeInAsync(context, origin, window, stopping.Token);
        try
        {
            await AnswerAsync(context, window);
        }
        catch (Exception e) when (IsGone(context, e))
        {
            // Nobody is left to read an answer; what was begun goes on.
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            // Some lines are answered, the rest will not be: a connection that breaks off says so, an answer that ends would not.
            context.Abort();
        }
        finally
        {
            await stopping.CancelAsync();
            await intake;
        }
    }

    private static void RequireLines(HttpRequest request)
    {
        var isLines = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && RequestBody.IsUtf8(type)
            && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);
        if (!isLines)
            throw Problems.UnsupportedMediaType(request.ContentType, Ndjson);
        RequestBody.RequireIdentity(request);
    }

    /// <summary>A batch is as long as it is, and a client that has a line now and then is no attack.</summary>
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } sending)
            sending.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } reading)
            reading.MinDataRate = null;
    }

    private static bool IsGone(HttpContext context, Exception e) =>
        context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException or ConnectionAbortedException;

    /// <summary>Begins line after line, as long as the window has room. Never throws: what ends it early ends the answers.</summary>
    private async Task TakeInAsync(HttpContext context, CommandOrigin origin, BatchWindow window, CancellationToken stopping)
    {
        try
        {
            await foreach (var line in BatchLines.ReadAsync(context.Request.Body, stopping))
            {
                var units = await window.EnterAsync(line.Bytes.Length, stopping);
                await window.AddAsync(BeginAsync(line, origin, context.RequestAborted), units, stopping);
            }

            window.Complete();
        }
        catch (Exception e)
        {
            window.Complete(lifetime.ApplicationStopping.IsCancellationRequested ? Problems.Stopping() : e);
        }
    }

    /// <summary>Reads the line before it returns, since the line's bytes are used again then.</summary>
    private Task<BatchLineAnswer> BeginAsync(BatchLine line, CommandOrigin origin, CancellationToken cancellationToken)
    {
        CreateJob command;
        try
        {
            command = Read(line, origin);
        }
        catch (Exception e)
        {
            return Task.FromResult(Failed(line.Number, job: null, e));
        }

        return CreateAsync(line.Number, command, cancellationToken);
    }

    private CreateJob Read(BatchLine line, CommandOrigin origin)
    {
        if (line.IsTooLong)
            throw Problems.TooLarge(RequestBody.MaxBytes, "A line");
        var own = origin.Key is { } key ? origin with { Key = string.Create(CultureInfo.InvariantCulture, $"{key}/{line.Number}") } : origin;
        using var json = RequestBody.Parse(line.Bytes, line.Number);
        return commands.ToCommand(json.RootElement, line.Bytes.Span, own);
    }

    private async Task<BatchLineAnswer> CreateAsync(long line, CreateJob command, CancellationToken cancellationToken)
    {
        try
        {
            await commands.CreateAsync(command, cancellationToken);
            return new BatchLineAnswer
            {
                Line = line,
                Status = StatusCodes.Status201Created,
                JobId = command.JobId.Value,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Failed(line, command.JobId.Value, e);
        }
    }

    private BatchLineAnswer Failed(long line, string? job, Exception e)
    {
        if (e is not ProblemException { Problem: var problem })
        {
            // One line's misfortune is not the others'.
            LogFault(e, line);
            return new BatchLineAnswer
            {
                Line = line,
                Status = StatusCodes.Status500InternalServerError,
                JobId = job,
                Detail = "This is a fault of the scheduler; its log says more.",
            };
        }

        return new BatchLineAnswer
        {
            Line = line,
            Status = problem.Status,
            JobId = problem.JobId,
            Type = problem.Errors is null ? problem.Type : null,
            Detail = problem.Errors is null ? problem.Detail : null,
            Errors = problem.Errors,
        };
    }

    /// <summary>Writes the answers in the order of the lines. What is ready is sent as soon as nothing more is.</summary>
    private static async Task AnswerAsync(HttpContext context, BatchWindow window)
    {
        var response = context.Response;
        var aborted = context.RequestAborted;
        var unsent = 0L;
        while (await window.WaitAsync(aborted))
        {
            while (window.TryPeek(out var pending))
            {
                if (!pending.IsCompleted)
                    unsent = await SendAsync(response, unsent, aborted);
                var answer = await pending;
                if (!response.HasStarted)
                    await StartAsync(response, aborted);

                unsent += Write(response.BodyWriter, answer);
                window.Leave();
                if (unsent >= FlushedAt)
                    unsent = await SendAsync(response, unsent, aborted);
            }

            unsent = await SendAsync(response, unsent, aborted);
        }

        if (!response.HasStarted)
            await StartAsync(response, aborted);
    }

    private static Task StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = Ndjson;
        response.Headers.CacheControl = "no-store";
        return response.StartAsync(cancellationToken);
    }

    private static async ValueTask<long> SendAsync(HttpResponse response, long unsent, CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Line {Line} of a batch failed.")]
    private partial void LogFault(Exception e, long line);
}
