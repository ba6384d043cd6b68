using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>
/// Fills <c>{{job.id}}</c>, <c>{{job.name}}</c>, <c>{{run.id}}</c>, <c>{{run.scheduled_fire_time}}</c>, <c>{{run.attempt}}</c> and
/// <c>{{parameters.x}}</c> into what a target sends. One pass: what a value brings along is not looked at again, so that a literal
/// <c>{{</c> can be sent as a parameter.
/// </summary>
/// <remarks>
/// <para><c>{{parameters.a.b}}</c> steps into objects. In text a string is itself, null is nothing, and any other value is its JSON.</para>
/// <para>A JSON string that is one placeholder and nothing else becomes the value as it is, with its type; in any other string the value is
/// text. Member names are never touched.</para>
/// <para>A parameter that is not there fails the run for good. A name that is none of these is refused when a job is created; one that is
/// stored all the same is sent as it stands.</para>
/// </remarks>
public static partial class Placeholders
{
    /// <summary>The most that a filled text may have, in characters: many placeholders of one large parameter must not fill the memory.</summary>
    internal const int MaxLength = 4 << 20;

    private const string Open = "{{";
    private const string Parameters = "parameters.";

    /// <summary>No name that there is has more characters, a parameter's path included.</summary>
    private const int MaxNameLength = 256;

    private const string JobName = "job.name";

    private static readonly string TooMuch = $"has more than {MaxLength} characters with its placeholders filled";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The names that can be used, for messages.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["job.id", "job.name", "run.id", "run.scheduled_fire_time", "run.attempt", "parameters.x"];

    /// <summary>Which placeholders of a text there are not, each once.</summary>
    public static IReadOnlyList<string> Unknown(string text) => [.. NamesIn(text).Where(n => !IsKnown(n)).Distinct(StringComparer.Ordinal)];

    /// <summary>Which placeholders of a JSON value's strings there are not, each once; those of member names are counted too, since they are never filled.</summary>
    public static IReadOnlyList<string> Unknown(JsonText json)
    {
        var (inValues, inMembers) = NamesIn(json);
        return [.. inValues.Where(n => !IsKnown(n)).Concat(inMembers).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Which of the parameters that a text asks for a job does not have, each once.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parameters">The job's; null for none.</param>
    public static IReadOnlyList<string> Missing(string text, JsonText? parameters) => Missing(NamesIn(text), parameters);

    /// <summary>Which of the parameters that a JSON value's strings ask for a job does not have, each once.</summary>
    /// <inheritdoc cref="Missing(string, JsonText?)"/>
    public static IReadOnlyList<string> Missing(JsonText json, JsonText? parameters) => Missing(NamesIn(json).InValues, parameters);

    /// <summary>
    /// What is known to be wrong with an address before any run, as the end of a sentence that begins with its name; null when nothing is. Filling it may make a path segment
    /// <c>.</c> or <c>..</c> that was none before: both count as unreserved characters, so nothing escapes them, and they would call another path than the one that the job names.
    /// </summary>
    /// <param name="url">The address as the job has it.</param>
    /// <param name="job">The job; it has all parameters that are asked for. What only a run knows stays as it is.</param>
    public static string? ProblemOfUrl(string url, JobDefinition job) => Known(url, job, static (_, value) => Uri.EscapeDataString(value)) switch
    {
        null => TooMuch,
        var filled when RewritesPath(url, filled) => "has a segment '.' or '..' in its path with its placeholders filled, which leads to another path",
        _ => null,
    };

    /// <summary>What is known to be wrong with a header field's value before any run, as the end of a sentence; null when nothing is.</summary>
    /// <param name="text">The value as the job has it.</param>
    /// <param name="job">The job; it has all parameters that are asked for.</param>
    public static string? ProblemOfHeader(string text, JobDefinition job)
    {
        string? unsendable = null;
        var filled = Known(text, job, (name, value) =>
        {
            unsendable ??= IsSendable(value) ? null : name;
            return value;
        });
        return filled is null ? TooMuch
            : unsendable is null ? null
            : $"has {{{{{unsendable}}}}}, whose value cannot be sent in a header: it has characters that are not printable ASCII";
    }

    /// <summary>A text with its placeholders filled, and nothing escaped.</summary>
    /// <exception cref="NonRetryableException">A parameter is not there, or the result is too long.</exception>
    public static string InText(string text, Attempt attempt) => Fill(text, attempt, static (_, value) => value);

    /// <summary>An address with its placeholders filled: whatever is no unreserved character of RFC 3986 is percent-encoded.</summary>
    /// <exception cref="NonRetryableException">A parameter is not there, the result is too long, or its path another one than the job names.</exception>
    public static string InUrl(string url, Attempt attempt)
    {
        var filled = Fill(url, attempt, static (_, value) => Uri.EscapeDataString(value));
        return RewritesPath(url, filled)
            ? throw new NonRetryableException("With its placeholders filled the path of the target's url has a segment '.' or '..', which leads to another path.")
            : filled;
    }

    /// <summary>A header field's value with its placeholders filled.</summary>
    /// <exception cref="NonRetryableException">A parameter is not there, or a value is not printable ASCII: a line break in it would end the field.</exception>
    public static string InHeader(string text, Attempt attempt) => Fill(text, attempt, static (name, value) =>
        IsSendable(value)
            ? value
            : throw new NonRetryableException($"The value of {{{{{name}}}}} cannot be sent in a header: it has characters that are not printable ASCII."));

    /// <summary>A JSON value with the placeholders of its strings filled. What has none keeps its text to the letter.</summary>
    /// <exception cref="NonRetryableException">A parameter is not there, or the result is too long.</exception>
    public static JsonText InJson(JsonText json, Attempt attempt)
    {
        if (!MayHave(json))
            return json;
        using var document = JsonDocument.Parse(json.Raw);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            Write(writer, document.RootElement, attempt);
        return new JsonText(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: -1)]
    private static partial Regex Pattern();

    private static bool IsSendable(string value) => value.All(static c => c is '\t' or (>= ' ' and <= '~'));

    private static string? Known(string text, JobDefinition job, Func<string, string, string> escape)
    {
        try
        {
            return Fill(text, name => name is JobName ? Quoted(job.Name) : name.StartsWith(Parameters, StringComparison.Ordinal) ? Parameter(name, job.Parameters) : null, escape);
        }
        catch (NonRetryableException)
        {
            return null;
        }
    }

    private static bool RewritesPath(string url, string filled) =>
        !ReferenceEquals(url, filled) && DotSegments(filled) > DotSegments(Pattern().Replace(url, "x"));

    private static int DotSegments(string url)
    {
        var end = url.IndexOfAny(['?', '#']);
        return (end < 0 ? url : url[..end]).Split('/', '\\').Count(s => s.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..");
    }

    private static IEnumerable<string> NamesIn(string text) => Pattern().Matches(text).Select(NameOf);

    private static (List<string> InValues, List<string> InMembers) NamesIn(JsonText json)
    {
        var names = (InValues: new List<string>(), InMembers: new List<string>());
        if (!MayHave(json))
            return names;
        using var document = JsonDocument.Parse(json.Raw);
        Look(document.RootElement, names.InValues, names.InMembers);
        return names;
    }

    private static List<string> Missing(IEnumerable<string> names, JsonText? parameters)
    {
        using var document = JsonDocument.Parse(parameters?.Raw ?? "{}");
        return [.. names.Where(n => n.StartsWith(Parameters, StringComparison.Ordinal) && IsKnown(n)).Distinct(StringComparer.Ordinal).Where(n => !TryFind(document.RootElement, n, out _))];
    }

    private static string NameOf(Match match) => match.Groups["name"].Value.Trim();

    private static bool IsKnown(string name) =>
        name is "job.id" or JobName or "run.id" or "run.scheduled_fire_time" or "run.attempt"
        || (name.StartsWith(Parameters, StringComparison.Ordinal) && name.Length <= MaxNameLength && name[Parameters.Length..].Split('.').All(p => p.Length > 0));

    /// <summary>A brace may be written as an escape.</summary>
    private static bool MayHave(JsonText json) =>
        json.Raw.Contains(Open, StringComparison.Ordinal) || json.Raw.Contains("\\u007b", StringComparison.OrdinalIgnoreCase);

    private static void Look(JsonElement value, List<string> inValues, List<string> inMembers)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                inValues.AddRange(NamesIn(value.GetString()!));
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    Look(item, inValues, inMembers);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    inMembers.AddRange(NamesIn(member.Name));
                    Look(member.Value, inValues, inMembers);
                }

                break;
            default:
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, Attempt attempt)
    {
        if (writer.BytesCommitted + writer.BytesPending > MaxLength)
            throw TooLong();
        switch (value.ValueKind)
        {
            case JsonValueKind.String when value.GetString() is { } text && text.Contains(Open, StringComparison.Ordinal):
                if (Pattern().Match(text) is { Success: true } match && match.Length == text.Length && IsKnown(NameOf(match)))
                    writer.WriteRawValue(Find(NameOf(match), attempt), skipInputValidation: true);
                else
                    writer.WriteStringValue(InText(text, attempt));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item, attempt);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, attempt);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static string Fill(string text, Attempt attempt, Func<string, string, string> escape) =>
        Fill(text, name => IsKnown(name) ? Find(name, attempt) : null, escape);

    /// <summary>Puts the JSON that <paramref name="find"/> has for a name in its place, as text; null leaves it as it stands.</summary>
    private static string Fill(string text, Func<string, string?> find, Func<string, string, string> escape)
    {
        if (!text.Contains(Open, StringComparison.Ordinal))
            return text;
        var filled = new StringBuilder();
        var end = 0;
        for (var match = Pattern().Match(text); match.Success; match = match.NextMatch())
        {
            var name = NameOf(match);
            filled.Append(text, end, match.Index - end).Append(find(name) is { } value ? escape(name, AsText(value)) : match.Value);
            end = match.Index + match.Length;
            if (filled.Length > MaxLength)
                throw TooLong();
        }

        return filled.Append(text, end, text.Length - end).ToString();
    }

    private static NonRetryableException TooLong() => new($"With its placeholders filled the request has more than {MaxLength} characters.");

    /// <summary>The value as JSON.</summary>
    private static string Find(string name, Attempt attempt) => name switch
    {
        "job.id" => Quoted(attempt.JobId.Value),
        JobName => Quoted(attempt.Definition.Name),
        "run.id" => Quoted(attempt.RunId.Value),
        "run.scheduled_fire_time" => Quoted(attempt.FireTime.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
        "run.attempt" => attempt.Number.ToString(CultureInfo.InvariantCulture),
        _ => Parameter(name, attempt.Definition.Parameters),
    };

    private static string Parameter(string name, JsonText? parameters)
    {
        using var document = JsonDocument.Parse(parameters?.Raw ?? "{}");
        return TryFind(document.RootElement, name, out var value)
            ? value.GetRawText()
            : throw new NonRetryableException($"The job has no parameter for {{{{{name}}}}}.");
    }

    private static bool TryFind(JsonElement parameters, string name, out JsonElement value)
    {
        value = parameters;
        foreach (var step in name[Parameters.Length..].Split('.'))
        {
            if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty(step, out value))
                return false;
        }

        return true;
    }

    private static string AsText(string json)
    {
        if (json is "null")
            return "";
        if (json[0] is not '"')
            return json;
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetString()!;
    }

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
