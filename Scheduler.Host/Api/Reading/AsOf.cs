using System.Globalization;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Reading;

/// <summary>Up to where a job's facts are to be read: one of both.</summary>
/// <param name="Time">The facts that had happened by then.</param>
/// <param name="Version">The facts up to this one.</param>
internal sealed record AsOf(DateTimeOffset? Time, long? Version)
{
    private const string Name = "as_of";

    internal static readonly string[] Parameters = [Name];

    /// <summary>The request's <c>as_of</c>; null when there is none.</summary>
    /// <exception cref="ProblemException">It is neither a time nor a version, or there is another parameter.</exception>
    public static AsOf? Read(HttpContext context)
    {
        var errors = new FieldErrors();
        var reader = new QueryReader(context.Request.Query, Parameters);
        AsOf? asOf = null;
        if (reader.Text(Name) is { } text)
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0)
                asOf = new AsOf(Time: null, version);
            else if (QueryReader.TryInstant(text, out var time))
                asOf = new AsOf(time, Version: null);
            else
                errors.Add(Name, $"must be {InstantText.Expected}, or a version, a whole number from 1");
        }

        reader.ThrowIfAny();
        errors.ThrowIfAny("The request's query");
        return asOf;
    }

    /// <summary>Whether a fact lies before that.</summary>
    public bool Includes(long version, DateTimeOffset at) => Version is { } last ? version <= last : at <= Time;
}
