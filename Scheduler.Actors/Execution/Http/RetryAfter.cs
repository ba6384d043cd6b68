using System.Globalization;
using System.Net.Http.Headers;

namespace Scheduler.Actors.Execution.Http;

/// <summary>How long an answer's <c>Retry-After</c> asks to wait (RFC 9110, 10.2.3): a number of seconds, or a date.</summary>
internal static class RetryAfter
{
    private const string Field = "Retry-After";

    /// <summary>A number with more digits is more than a day anyhow.</summary>
    private const int MostDigits = 9;

    /// <summary>The time to wait; null when there is no such field, it can't be read, or its date is past.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.NonValidated.TryGetValues(Field, out var values))
            return null;
        var text = values.ToString().Trim();
        var isNumber = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        var wait = isNumber
            ? TimeSpan.FromSeconds(text.Length > MostDigits ? int.MaxValue : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))
            : RetryConditionHeaderValue.TryParse(text, out var condition) ? condition.Date - now : null;
        return wait > TimeSpan.Zero ? wait : null;
    }
}
