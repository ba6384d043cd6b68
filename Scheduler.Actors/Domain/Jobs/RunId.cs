using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// A run's identity, made of what it is a run of, so that it is the same on every node and after every crash:
/// <c>&lt;job_id&gt;~&lt;g&gt;~&lt;yyyyMMddTHHmmssfffZ&gt;</c> for a fire time, <c>&lt;job_id&gt;~&lt;g&gt;~t&lt;version&gt;</c> for one
/// that was requested, with the version of its <see cref="RunRequested"/>. It goes to the target as its idempotency key.
/// </summary>
public readonly record struct RunId
{
    private const string InstantFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    private readonly string? _value;

    private RunId(string value) => _value = value;

    /// <summary>The id's text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This run id was never given a value.");

    /// <summary>The job that this is a run of.</summary>
    public JobId JobId => JobId.Parse(Value[..Value.IndexOf('~', StringComparison.Ordinal)]);

    /// <summary>Whether the run was requested by a trigger, not by a fire time.</summary>
    public bool IsRequested => Value[Value.LastIndexOf('~') + 1] == 't';

    /// <summary>The run of a fire time.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">The job's <c>g</c>.</param>
    /// <param name="fireTime">The nominal instant, a whole millisecond.</param>
    public static RunId Scheduled(JobId job, int generation, DateTimeOffset fireTime) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{job.Value}~{generation}~{fireTime.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture)}"));

    /// <summary>The run of a request.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">The job's <c>g</c>.</param>
    /// <param name="version">The version of the <see cref="RunRequested"/>.</param>
    public static RunId Requested(JobId job, int generation, long version) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{job.Value}~{generation}~t{version}"));

    /// <summary>Reads a run id; false when the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        id = default;
        var parts = text?.Split('~');
        if (parts is not { Length: 3 } || !JobId.TryParse(parts[0], out _) || !IsNumber(parts[1]))
            return false;
        var isRequested = parts[2].StartsWith('t') && IsNumber(parts[2][1..]);
        if (!isRequested && !DateTime.TryParseExact(parts[2], InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            return false;
        id = new RunId(text!);
        return true;
    }

    /// <summary>Reads a run id.</summary>
    /// <exception cref="FormatException">The text is not a run id.</exception>
    public static RunId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a run id.");

    /// <inheritdoc />
    public override string ToString() => _value ?? "";

    private static bool IsNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
