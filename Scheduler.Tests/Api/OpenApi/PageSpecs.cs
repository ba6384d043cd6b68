using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>The page of the document needs no other host.</summary>
public sealed class PageSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_page_loads_its_scripts_and_the_document_from_here()
    {
        var page = await _server.GetAsync("/docs");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        Assert.DoesNotContain("//", page.Text, StringComparison.Ordinal);
        Assert.Contains("openapi/v1.json", page.Text, StringComparison.Ordinal);
        var scripts = Regex.Matches(page.Text, "src=\"(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => m.Groups["path"].Value).ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
            Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/docs/{script}")).Status);
    }

    [Fact]
    public async Task The_page_may_not_ask_any_other_host()
    {
        var policy = Assert.Single((await _server.GetAsync("/docs")).Headers.GetValues("Content-Security-Policy"));

        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }
}
