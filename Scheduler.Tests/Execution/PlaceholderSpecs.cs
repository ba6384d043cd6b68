using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class PlaceholderSpecs
{
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, 7, TimeSpan.Zero);

    private static readonly Attempt Second = new(Job, RunId.Scheduled(Job, 1, Due), 2, Due, Due, new JobDefinition
    {
        Name = "Nightly \"report\"",
        Schedule = new OneOffSchedule(Due),
        Parameters = new JsonText("""{"s":"a b/ü&\n","n":12.50,"t":true,"z":null,"o":{"p":{"q":"deep"},"l":[1,2]},"b":"{{job.id}}","q":"\"\\","ü":"umlaut"}"""),
    });

    [Theory]
    [InlineData("{{job.id}}", "nightly-report")]
    [InlineData("{{job.name}}", "Nightly \"report\"")]
    [InlineData("<{{ run.id }}>", "<nightly-report~1~20260302T080000007Z>")]
    [InlineData("{{run.scheduled_fire_time}}", "2026-03-02T08:00:00.007Z")]
    [InlineData("{{run.attempt}}", "2")]
    [InlineData("{{parameters.s}}", "a b/ü&\n")]
    [InlineData("{{parameters.n}}{{parameters.t}}", "12.50true")]
    [InlineData("[{{parameters.z}}]", "[]")]
    [InlineData("{{parameters.o.p.q}}", "deep")]
    [InlineData("{{parameters.o.l}}", "[1,2]")]
    [InlineData("{{parameters.ü}}", "umlaut")]
    [InlineData("{{parameters.b}}", "{{job.id}}")]
    [InlineData("{job.id} {{ }", "{job.id} {{ }")]
    [InlineData("{{{job.id}}}", "{nightly-report}")]
    [InlineData("{{stored.before}}", "{{stored.before}}")]
    public void Text_gets_the_value_as_it_is(string text, string expected) => Assert.Equal(expected, Placeholders.InText(text, Second));

    [Theory]
    [InlineData("""{"a":"{{job.id}}","b":[1.0,"x{{run.attempt}}x"]}""", """{"a":"nightly-report","b":[1.0,"x2x"]}""")]
    [InlineData("""["{{run.attempt}}","{{parameters.n}}","{{parameters.t}}","{{parameters.z}}","{{parameters.o}}"]""", """[2,12.50,true,null,{"p":{"q":"deep"},"l":[1,2]}]""")]
    [InlineData("""[" {{parameters.n}}","{{parameters.o}}{{parameters.z}}"]""", """[" 12.50","{\"p\":{\"q\":\"deep\"},\"l\":[1,2]}"]""")]
    [InlineData("""{"a":"\u007b{job.name}}!"}""", """{"a":"Nightly \"report\"!"}""")]
    [InlineData("""{"a":"{{parameters.q}}","b":"-{{parameters.q}}"}""", """{"a":"\"\\","b":"-\"\\"}""")]
    [InlineData("""{"{{job.id}}":1}""", """{"{{job.id}}":1}""")]
    [InlineData("""{"a":"{{parameters.s}}","b":"{{stored.before}}"}""", """{"a":"a b/ü&\n","b":"{{stored.before}}"}""")]
    public void Json_stays_json_and_a_string_that_is_one_placeholder_becomes_the_value_itself(string json, string expected)
    {
        var filled = Placeholders.InJson(new JsonText(json), Second);

        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(filled.Raw).RootElement), filled.Raw);
        Assert.DoesNotContain("12.5]", filled.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_without_placeholders_keeps_its_text() =>
        Assert.Equal("""{ "a" : "\u00fc" }""", Placeholders.InJson(new JsonText("""{ "a" : "\u00fc" }"""), Second).Raw);

    [Fact]
    public void In_an_address_a_value_cannot_add_a_part() =>
        Assert.Equal("http://h/nightly-report?q=a%20b%2F%C3%BC%26%0A", Placeholders.InUrl("http://h/{{job.id}}?q={{parameters.s}}", Second));

    [Fact]
    public void In_a_header_a_value_cannot_end_the_line()
    {
        Assert.Equal("run 2", Placeholders.InHeader("run {{run.attempt}}", Second));
        var error = Assert.Throws<NonRetryableException>(() => Placeholders.InHeader("{{parameters.s}}", Second));
        Assert.Contains("{{parameters.s}}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameters.none")]
    [InlineData("parameters.s.t")]
    [InlineData("parameters.o.none")]
    public void A_parameter_that_is_not_there_fails_the_run_for_good_and_is_named(string name)
    {
        Action[] uses =
        [
            () => Placeholders.InText($"{{{{{name}}}}}", Second),
            () => Placeholders.InJson(new JsonText($"[\"{{{{{name}}}}}\"]"), Second),
        ];
        Assert.All(uses, use => Assert.Contains($"{{{{{name}}}}}", Assert.Throws<NonRetryableException>(use).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Many_of_one_large_parameter_do_not_fill_the_memory()
    {
        var large = Second with { Definition = Second.Definition with { Parameters = new JsonText($"{{\"x\":\"{new string('x', 500_000)}\"}}") } };
        var many = string.Join(',', Enumerable.Repeat("\"{{parameters.x}}\"", 50_000));

        Assert.Throws<NonRetryableException>(() => Placeholders.InJson(new JsonText($"[{many}]"), large));
        Assert.Throws<NonRetryableException>(() => Placeholders.InText(many, large));
    }

    [Theory]
    [InlineData("""{"a":["{{job.id}}","{{ parameters.x.y }}","{{run.id}} {{run.attempt}}"]}""", "")]
    [InlineData("""{"a":["{{job.owner}}","{{Job.id}}"],"b":"{{job.owner}}{{}}"}""", "job.owner,Job.id,")]
    [InlineData("""["{{parameters}}","{{parameters.}}","{{parameters.a..b}}"]""", "parameters,parameters.,parameters.a..b")]
    [InlineData("""{"{{job.id}}":1}""", "job.id")]
    public void Those_that_there_are_not_are_found(string json, string unknown) =>
        Assert.Equal(unknown, string.Join(',', Placeholders.Unknown(new JsonText(json))));

    [Theory]
    [InlineData("""{"a":["{{parameters.s}}","{{ parameters.none }}{{parameters.o.p.q}}"],"b":"{{parameters.none}} {{parameters.s.t}} {{job.id}} {{none.s}}"}""", "parameters.none,parameters.s.t")]
    [InlineData("""{"{{parameters.none}}":1}""", "")]
    public void Parameters_that_a_job_does_not_have_are_found(string json, string missing)
    {
        Assert.Equal(missing, string.Join(',', Placeholders.Missing(new JsonText(json), Second.Definition.Parameters)));
        Assert.Equal(["parameters.s"], Placeholders.Missing("{{parameters.s}}", parameters: null));
    }

    [Theory]
    [InlineData("http://h/a/{{parameters.dots}}/b")]
    [InlineData("http://h/a/{{parameters.dots}}")]
    [InlineData("http://h/a/{{parameters.dots}}?q=1")]
    [InlineData("http://h/{{parameters.dot}}/b")]
    [InlineData("http://h/a/{{parameters.dot}}{{parameters.dot}}/b")]
    [InlineData("http://h/a/.{{parameters.dot}}/b")]
    [InlineData("http://h/a/.{{parameters.none}}/b")]
    [InlineData("http://h/a/%2e{{parameters.dot}}/b")]
    [InlineData("http://h/a/%{{parameters.code}}%{{parameters.code}}/b")]
    [InlineData("http://h/../{{parameters.dots}}/b")]
    [InlineData("http://h/a/{{job.name}}/b")]
    public void A_value_that_would_lead_to_another_path_is_refused(string url)
    {
        var attempt = Second with
        {
            Definition = Second.Definition with { Name = "..", Parameters = new JsonText("""{"dots":"..","dot":".","none":null,"code":"2E"}""") },
        };

        Assert.Contains("another path", Assert.Throws<NonRetryableException>(() => Placeholders.InUrl(url, attempt)).Message, StringComparison.Ordinal);
        Assert.Contains("another path", Placeholders.ProblemOfUrl(url, attempt.Definition), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://h/a/../{{parameters.name}}", "http://h/a/../v1..2")]
    [InlineData("http://h/{{parameters.name}}?up={{parameters.dots}}", "http://h/v1..2?up=..")]
    [InlineData("http://h/a{{parameters.dots}}/b#{{parameters.dots}}", "http://h/a../b#..")]
    [InlineData("http://h/a/{{parameters.slash}}/b", "http://h/a/..%2Fb/b")]
    public void Dots_that_lead_nowhere_else_are_sent(string url, string expected)
    {
        var attempt = Second with { Definition = Second.Definition with { Parameters = new JsonText("""{"dots":"..","name":"v1..2","slash":"../b"}""") } };

        Assert.Equal(expected, Placeholders.InUrl(url, attempt));
        Assert.Null(Placeholders.ProblemOfUrl(url, attempt.Definition));
    }
}
