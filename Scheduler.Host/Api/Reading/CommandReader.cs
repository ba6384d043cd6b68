using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads what a command on a job comes with.</summary>
internal static class CommandReader
{
    internal const int MaxKeyLength = 255;
    internal const int MaxReasonLength = 1000;
    private const int TraceParentLength = 55;
    internal const string KeyHeader = "Idempotency-Key";

    internal static readonly string[] Fields = ["reason"];

    /// <summary>The job in the path.</summary>
    /// <exception cref="ProblemException">That is not a job id, so there is no such job.</exception>
    public static JobId JobId(HttpContext context)
    {
        var text = context.Request.RouteValues["id"] as string;
        return Scheduler.Actors.Domain.Jobs.JobId.TryParse(text, out var id)
            ? id
            : throw Problems.NotFound($"There is no such job: a job id matches {Scheduler.Actors.Domain.Jobs.JobId.Pattern}.");
    }

    /// <summary>The job in the path, which may be made under that id.</summary>
    /// <exception cref="ProblemException">That may be no job's id.</exception>
    public static JobId NewJobId(HttpContext context)
    {
        if (Scheduler.Actors.Domain.Jobs.JobId.TryParse(context.Request.RouteValues["id"] as string, out var id))
            return id;
        var errors = new FieldErrors();
        errors.Add("job_id", $"must match {Scheduler.Actors.Domain.Jobs.JobId.Pattern}");
        errors.ThrowIfAny("The request's path");
        throw new InvalidOperationException("An error was noted, and not thrown.");
    }

    /// <summary>Who asks, and under which key.</summary>
    /// <exception cref="ProblemException">The key is not one.</exception>
    public static CommandOrigin Origin(HttpContext context)
    {
        var origin = OriginWithoutKey(context);
        if (!context.Request.Headers.TryGetValue(KeyHeader, out var keys))
            return origin;
        if (keys is not [{ Length: > 0 and <= MaxKeyLength } key] || key.Any(char.IsControl))
        {
            var errors = new FieldErrors();
            errors.Add(KeyHeader, $"must be one header of 1 to {MaxKeyLength} printable characters");
            errors.ThrowIfAny("The request's headers");
            throw new InvalidOperationException("An error was noted, and not thrown.");
        }

        return origin with { Key = key };
    }

    /// <summary>Who asks, where a repetition needs no key to be recognised.</summary>
    public static CommandOrigin OriginWithoutKey(HttpContext context) =>
        context.Request.Headers.TraceParent is [{ Length: TraceParentLength } parent] ? new CommandOrigin(Trace: parent) : CommandOrigin.None;

    /// <summary>The origin, and what the body hashes to where there is a key: under it, another body is refused.</summary>
    public static CommandOrigin WithBody(CommandOrigin origin, ReadOnlySpan<byte> body) => origin.Key is null ? origin : origin with { BodyHash = BodyHash.Of(body) };

    /// <summary>The reason in an optional body, and who gives it.</summary>
    /// <exception cref="ProblemException">There is a body, and something is wrong with it, or with the key.</exception>
    public static async ValueTask<(string? Reason, CommandOrigin Origin)> ReasonAsync(HttpContext context)
    {
        var body = await RequestBody.ReadOptionalAsync(context);
        var reason = body.IsEmpty ? null : Reason(body);
        return (reason, WithBody(Origin(context), body.Span));
    }

    private static string? Reason(ReadOnlyMemory<byte> body)
    {
        using var json = RequestBody.Parse(body);
        var errors = new FieldErrors();
        var reason = ObjectReader.TryOpen(json.RootElement, path: "", errors, Fields, out var reader) ? reader.Text("reason", MaxReasonLength) : null;
        errors.ThrowIfAny();
        return reason;
    }
}
