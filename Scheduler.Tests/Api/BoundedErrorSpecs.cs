using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>An error stays readable, whatever was sent.</summary>
public sealed class BoundedErrorSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("url", "\"https://example.org/{0}\"")]
    [InlineData("body", "\"{0}\"")]
    public async Task Many_errors_of_one_field_are_counted_and_some_of_them_shown(string field, string value)
    {
        var many = string.Concat(Enumerable.Range(0, 80_000).Select(i => $"{{{{x{i}}}}}"));
        var target = field == "url" ? $"\"url\":{string.Format(null, value, many)}" : $"\"url\":\"https://example.org\",\"body\":{string.Format(null, value, many)}";

        var answer = await PostAsync(target);

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.InRange(answer.Text.Length, 1, 20_000);
    }

    [Fact]
    public async Task A_message_that_repeats_what_was_sent_is_cut()
    {
        var answer = await PostAsync($"\"url\":\"https://example.org\",\"headers\":{{\"X-A\":\"{{{{{new string('x', 100_000)}}}}}\"}}");

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.InRange(answer.Text.Length, 1, 3_000);
    }

    [Fact]
    public async Task Nothing_says_that_a_duration_must_be_less_than_nothing()
    {
        var answer = await server.PostAsync("/schedules:preview", """{"from":"9999-12-31T23:00:00Z","schedule":{"delay":"PT2H"}}""");

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.DoesNotContain("-P", answer.Text, StringComparison.Ordinal);
    }

    private Task<ApiAnswer> PostAsync(string target) =>
        server.PostAsync("/jobs", "{\"name\":\"n\",\"schedule\":{\"delay\":1},\"target\":{\"http\":{" + target + "}}}");
}
