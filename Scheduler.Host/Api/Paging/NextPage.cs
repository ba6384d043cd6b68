using Microsoft.AspNetCore.Http.Extensions;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Paging;

/// <summary>
/// The <c>Link</c> to a list's next page: a relative reference (RFC 8288, 3.1) of a query alone. It leads to the right place whatever scheme,
/// host and path the client used, also behind a proxy that this node knows nothing of.
/// </summary>
internal static class NextPage
{
    /// <summary>The header of a page that ended before it was full, because so much had been looked at: how far that was.</summary>
    internal const string LookedTo = "Looked-To";

    /// <summary>Links to this request again, with <paramref name="name"/> set to <paramref name="value"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The parameter that says where to go on.</param>
    /// <param name="value">Its value.</param>
    /// <param name="lookedTo">How far was looked, by what the list is sorted by; null for a page that is full.</param>
    public static void Link(HttpContext context, string name, string value, DateTimeOffset? lookedTo = null)
    {
        if (lookedTo is { } to)
            context.Response.Headers[LookedTo] = InstantText.Write(to);
        var query = new QueryBuilder();
        foreach (var parameter in context.Request.Query)
        {
            if (parameter.Key != name)
                query.Add(parameter.Key, parameter.Value.ToArray()!);
        }

        query.Add(name, value);
        context.Response.Headers.Link = $"<{query.ToQueryString()}>; rel=\"next\"";
    }
}
