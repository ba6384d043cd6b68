using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What holds for every path.</summary>
public sealed class MethodSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public void Whatever_takes_GET_takes_HEAD() => Assert.All(server.Endpoints, endpoint =>
    {
        var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
        Assert.True(!methods.Contains("GET") || methods.Contains("HEAD"), $"{endpoint.RoutePattern.RawText} takes {string.Join(", ", methods)}.");
    });

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/jobs")]
    [InlineData("/health/live")]
    public async Task A_page_can_be_asked_for_without_its_body(string path)
    {
        using var get = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("pause", null)]
    [InlineData("resume", "text/plain")]
    [InlineData("pause", "application/x-www-form-urlencoded")]
    [InlineData("resume", "application/json; charset=utf-16")]
    [InlineData("cancel", "application/octet-stream")]
    [InlineData("trigger", "nonsense")]
    public async Task A_command_without_a_body_is_fine_whatever_it_calls_the_body(string command, string? mediaType)
    {
        await server.SendAsync(HttpMethod.Put, $"/jobs/{command}", """{"name":"n","schedule":{"delay":90}}""");
        var request = new HttpRequestMessage(HttpMethod.Post, $"/jobs/{command}/{command}") { Content = new ByteArrayContent([]) };
        if (mediaType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);

        Assert.InRange((int)(await server.SendAsync(request)).Status, 200, 299);
    }

    [Fact]
    public async Task One_with_a_body_still_says_what_it_is()
    {
        await server.SendAsync(HttpMethod.Put, "/jobs/job", """{"name":"n","schedule":{"delay":90}}""");
        var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/job/pause")
        {
            Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } },
        };

        (await server.SendAsync(request)).IsProblem(HttpStatusCode.UnsupportedMediaType);
    }
}
