using Microsoft.OpenApi;
using Scheduler.Host.Api.Paging;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The headers of answers.</summary>
internal static class Headers
{
    public const string ETag = "ETag";
    public const string Location = "Location";
    public const string Link = "Link";
    public const string LookedTo = NextPage.LookedTo;
    public const string IdempotentReplayed = "Idempotent-Replayed";
    public const string RetryAfter = "Retry-After";
    public const string AcceptPatch = "Accept-Patch";

    /// <summary>All of them by name.</summary>
    public static readonly IReadOnlyDictionary<string, IOpenApiHeader> All = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
    {
        [ETag] = Of("The job's revision: `\"3\"`. A run in between does not change it."),
        [Location] = Of("Where to look at what was made."),
        [Link] = Of("`<?…>; rel=\"next\"`: the next page, relative to the address of this one; missing on the last one."),
        [LookedTo] = Of(
            "Only on a page that ended before it was full, and may be empty, because as much had been looked at as a page may cost: how far that was, by what the list is sorted by. Go on with the `Link`.",
            Shape.Instant("")),
        [IdempotentReplayed] = Of("`true` when nothing was stored now, because all was so already.", Shape.Word("", ["true"])),
        [RetryAfter] = Of("After how many seconds to try again.", Shape.Whole("", 0)),
        [AcceptPatch] = Of("The media types that a patch may have."),
    };

    /// <summary>References to some of them.</summary>
    public static Dictionary<string, IOpenApiHeader>? Some(params IEnumerable<string> names)
    {
        var some = names.ToDictionary(n => n, IOpenApiHeader (n) => new OpenApiHeaderReference(n), StringComparer.Ordinal);
        return some.Count == 0 ? null : some;
    }

    private static OpenApiHeader Of(string description, OpenApiSchema? schema = null)
    {
        schema ??= Shape.Text("");
        schema.Description = null;
        return new OpenApiHeader
        {
            Description = description,
            Schema = schema,
        };
    }
}
