using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scheduler.Host.Api;

/// <summary>
/// How large a request may be before its body. The web server has bounds of its own, and answers beyond them with a status and nothing else: its bounds
/// are lifted well above these, so that what a client comes to first is a problem that says what is too large.
/// </summary>
internal sealed class RequestBounds(RequestDelegate next)
{
    /// <summary>The longest address, in bytes.</summary>
    internal const int MaxTarget = 8 * 1024;

    /// <summary>The most bytes of header fields, names and values.</summary>
    internal const int MaxHeaderBytes = 32 * 1024;

    /// <summary>The most header fields.</summary>
    internal const int MaxHeaders = 100;

    /// <summary>A line's colon and blank, and its end.</summary>
    private const int BytesBetween = 4;

    /// <summary>What the server itself takes in beyond that; all of it is in memory at once, for each connection.</summary>
    private const int Lift = 8;

    /// <summary>Lifts the server's own bounds.</summary>
    public static void Widen(KestrelServerOptions server)
    {
        server.Limits.MaxRequestLineSize = Lift * MaxTarget;
        server.Limits.MaxRequestHeadersTotalSize = Lift * MaxHeaderBytes;
        server.Limits.MaxRequestHeaderCount = Lift * MaxHeaders;
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestFeature>() is { RawTarget.Length: > MaxTarget })
            throw Problems.Refused(StatusCodes.Status414UriTooLong, string.Create(CultureInfo.InvariantCulture, $"An address may have at most {MaxTarget:N0} bytes."));
        var (count, bytes) = (0, 0);
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                count++;
                bytes += name.Length + (value?.Length ?? 0) + BytesBetween;
            }
        }

        return count > MaxHeaders || bytes > MaxHeaderBytes
            ? throw Problems.Refused(
                StatusCodes.Status431RequestHeaderFieldsTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"A request may have at most {MaxHeaders} header fields, of {MaxHeaderBytes:N0} bytes together."))
            : next(context);
    }
}
