using Microsoft.AspNetCore.Http.Extensions;

namespace Scheduler.Host.Api.Paging;

/// <summary>
/// The <c>Link</c> to a list's next page: a relative reference (RFC 8288, 3.1) of a query alone. It leads to the right place whatever scheme,
/// host and path the client used, also behind a proxy that this node knows nothing of.
/// </summary>
internal static class NextPage
{
    /// <summary>Links to this request again, with <paramref name="name"/> set to <paramref name="value"/>.</summary>
    public static void Link(HttpContext context, string name, string value)
    {
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
