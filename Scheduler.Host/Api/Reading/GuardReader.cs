using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads for which revisions of a job an edit is wanted.</summary>
internal static class GuardReader
{
    /// <summary>No job ever has it: what a tag stands for that no job ever had.</summary>
    private const int NoRevision = 0;

    /// <summary>What <c>If-Match</c> and <c>If-None-Match</c> ask for.</summary>
    /// <exception cref="ProblemException">One of them is malformed.</exception>
    public static Precondition Read(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0)
            return Precondition.None;
        var errors = new FieldErrors();
        var guard = new Precondition(Revisions(headers.IfMatch, errors), MustExist: headers.IfMatch.Count > 0, MustNotExist: headers.IfNoneMatch.Count > 0);
        if (guard.MustNotExist && headers.IfNoneMatch is not ["*"])
            errors.Add(HeaderNames.IfNoneMatch, "must be *: whether there is such a job at all");
        errors.ThrowIfAny("The request's headers");
        return guard;
    }

    private static ValueList<int> Revisions(StringValues header, FieldErrors errors)
    {
        if (header.Count == 0 || header is ["*"])
            return [];
        if (EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) && !tags.Contains(EntityTagHeaderValue.Any))
            return ValueList.From(tags.Select(ToRevision));
        errors.Add(HeaderNames.IfMatch, "must be * or a list of ETags: \"3\", \"4\"");
        return [];
    }

    /// <summary>A tag that is no revision, or a weak one, is well-formed and matches nothing.</summary>
    private static int ToRevision(EntityTagHeaderValue tag) =>
        !tag.IsWeak && int.TryParse(tag.Tag.AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : NoRevision;
}
