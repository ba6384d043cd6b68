using System.Text.Json;
using System.Text.RegularExpressions;
using Scheduler.Tests.Serialization;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>The README's tables of members are made of the API's description, which is made of what is declared.</summary>
public sealed partial class ReadmeSpecs
{
    private static readonly string[] OfTargets = ["http", "amqp"];

    [Theory]
    [InlineData("JobDefinition")]
    [InlineData("HttpTarget")]
    [InlineData("AmqpTarget")]
    public async Task A_table_has_what_is_declared(string component)
    {
        var path = Path.Combine(GoldenFiles.SolutionFolder(), "README.md");
        var readme = await File.ReadAllTextAsync(path);
        var written = Table().Replace(readme, table => table.Groups["of"].Value == component ? $"{table.Groups["begin"].Value}{Rows(component)}{table.Groups["end"].Value}" : table.Value);
        if (Environment.GetEnvironmentVariable("SCHEDULER_WRITE_GOLDEN") is not null)
            await File.WriteAllTextAsync(path, readme = written);

        Assert.Contains($"<!-- members of {component} -->", readme, StringComparison.Ordinal);
        Assert.True(written == readme, $"README.md does not say what is declared of {component}. If the change is meant, refresh it: SCHEDULER_WRITE_GOLDEN=1 dotnet test Scheduler.Tests --filter {nameof(ReadmeSpecs)}");
    }

    private static string Rows(string component)
    {
        var document = Description.OfApi.Result;
        return "| member | values; default | meaning |\n|---|---|---|\n" + string.Concat(Members(document, document.Schemas.GetProperty(component), prefix: ""));
    }

    private static IEnumerable<string> Members(Description document, JsonElement schema, string prefix)
    {
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToArray() : [];
        foreach (var member in schema.GetProperty("properties").EnumerateObject())
        {
            var isPart = member.Value.TryGetProperty("$ref", out _);
            var value = document.Resolve(member.Value);
            var meaning = value.GetProperty("description").GetString()!.Split(" ISO 8601")[0];
            var isOther = isPart && OfTargets.Contains(member.Name, StringComparer.Ordinal);
            yield return $"| `{prefix}{member.Name}` | {Values(value)}{Default(value, required.Contains(member.Name))} | {(isOther ? meaning.Split(". ")[0] + ": below." : meaning)} |\n";
            if (!isPart || isOther)
                continue;
            foreach (var inner in Members(document, value, $"{prefix}{member.Name}."))
                yield return inner;
        }
    }

    private static string Default(JsonElement schema, bool isRequired) =>
        isRequired ? "; required" : schema.TryGetProperty("default", out var value) && !IsEmpty(value) ? $"; `{(value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText())}`" : "";

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Values(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var words))
            return string.Join(" · ", words.EnumerateArray().Where(w => w.ValueKind is JsonValueKind.String).Select(w => $"`{w.GetString()}`"));
        var type = schema.TryGetProperty("type", out var types) ? types.ValueKind is JsonValueKind.Array ? types.EnumerateArray().First(t => !t.ValueEquals("null")).GetString() : types.GetString() : null;
        return type switch
        {
            "integer" or "number" => schema.TryGetProperty("maximum", out var most) ? $"{schema.GetProperty("minimum")} to {most}" : $"from {schema.GetProperty("minimum")}",
            "boolean" => "`true` · `false`",
            "array" => $"a list{Most(schema, "maxItems")}",
            "object" => schema.TryGetProperty("properties", out _) ? "an object" : $"any object{Most(schema, "maxProperties")}",
            "string" when schema.TryGetProperty("format", out var format) && format.ValueEquals("date-time") => "a time",
            "string" when schema.GetProperty("description").GetString()!.Split(" ISO 8601") is [_, var bounds] =>
                "a duration" + bounds.Split(';')[0].Replace(" from", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal),
            "string" => $"text{Most(schema, "maxLength")}",
            null => "any JSON",
            _ => throw new InvalidOperationException($"No words for {type}."),
        };
    }

    private static string Most(JsonElement schema, string bound) => schema.TryGetProperty(bound, out var most) ? $", at most {most}" : "";

    [GeneratedRegex(@"(?<begin><!-- members of (?<of>\w+) -->\n\n)(?<rows>.*?)(?<end>\n<!-- end -->)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Table();
}
