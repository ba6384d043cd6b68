using System.Globalization;
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
internal sealed partial class BatchEndpoint(
    JobCommandEndpoints commands, BatchLimits limits, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<BatchEndpoint> log)
{
    internal const string Ndjson = "application/x-ndjson";

    internal static readonly string[] MediaTypes = [Ndjson, "application/ndjson", "application/jsonl"];

    private int _batches;

    /// <summary>Answers the call.</summary>
    public async Task CreateAllAsync(HttpContext context)
    {
        RequireLines(context.Request);
        var origin = CommandReader.Origin(context);
        try
        {
            if (Interlocked.Increment(ref _batches) > limits.MaxBatches)
                throw Problems.TooManyBatches(limits.MaxBatches);
            await CreateAllAsync(context, origin);
        }
        finally
        {
            Interlocked.Decrement(ref _batches);
        }
    }

    private async Task CreateAllAsync(HttpContext context, CommandOrigin origin)
    {
        LiftLimits(context);
        using var window = new BatchWindow();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var intake = TakeInAsync(context, origin, window, stopping.Token);
        try
        {
            await BatchAnswers.SendAsync(context, window);
        }
        catch (Exception e) when (IsGone(context, e))
        {
            // Nobody is left to read an answer; what was begun goes on.
        }
        catch (ProblemException e) when (context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await BatchAnswers.EndAsync(context.Response, window.Reached + 1, e.Problem, context.RequestAborted);
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

    /// <summary>A batch is as long as it is, and may pause between lines; <see cref="LineDeadline"/> bounds for how long. Who does not read is cut off as anywhere.</summary>
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } sending)
            sending.MinDataRate = null;
    }

    private static bool IsGone(HttpContext context, Exception e) =>
        context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException or ConnectionAbortedException;

    /// <summary>Begins line after line, as long as the window has room. Never throws: what ends it early ends the answers.</summary>
    private async Task TakeInAsync(HttpContext context, CommandOrigin origin, BatchWindow window, CancellationToken stopping)
    {
        using var deadline = new LineDeadline(limits.LineLimit, time, stopping);
        try
        {
            deadline.Begin();
            await foreach (var line in BatchLines.ReadAsync(context.Request.Body, deadline.Token))
            {
                deadline.End();
                window.Reached = line.Number;
                var units = await window.EnterAsync(line.Bytes.Length, stopping);
                await window.AddAsync(BeginAsync(line, origin, context.RequestAborted), units, stopping);
                deadline.Begin();
            }

            window.Complete();
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !stopping.IsCancellationRequested)
        {
            window.Complete(Problems.NoLine(limits.LineLimit));
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Line {Line} of a batch failed.")]
    private partial void LogFault(Exception e, long line);
}
