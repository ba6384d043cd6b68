using Microsoft.AspNetCore.Http.Extensions;

namespace Scheduler.Host.Api;

/// <summary>The <c>Link</c> to a list's next page.</summary>
internal static class NextPage
{
    /// <summary>Links to this request again, with <paramref name="name"/> set to <paramref name="value"/>.</summary>
    public static void Link(HttpContext context, string name, string value)
    {
        var request = context.Request;
        var query = new QueryBuilder();
        foreach (var parameter in request.Query)
        {
            if (parameter.Key != name)
                query.Add(parameter.Key, parameter.Value.ToArray()!);
        }

        query.Add(name, value);
        context.Response.Headers.Link = $"<{UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, query.ToQueryString())}>; rel=\"next\"";
    }
}
