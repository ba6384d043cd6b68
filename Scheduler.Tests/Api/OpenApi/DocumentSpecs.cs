using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Reading;
using Scheduler.Tests.Serialization;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>The document is complete, is what is checked in, and says what the readers' tables say.</summary>
public sealed class DocumentSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    private Description _document = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _document = await Description.OfApi;
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_document_is_the_one_that_is_checked_in()
    {
        var served = (await _server.GetAsync("/openapi/v1.json")).Text + "\n";
        var path = Path.Combine(GoldenFiles.SolutionFolder(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("SCHEDULER_WRITE_GOLDEN") is not null)
            await File.WriteAllTextAsync(path, served);

        Assert.True(
            File.Exists(path) && await File.ReadAllTextAsync(path) == served,
            "docs/openapi.json is not what is served. If the change is meant, refresh it: "
            + $"SCHEDULER_WRITE_GOLDEN=1 dotnet test Scheduler.Tests --filter {nameof(The_document_is_the_one_that_is_checked_in)}");
    }

    [Fact]
    public async Task The_document_is_JSON_of_OpenAPI_3_1_and_never_cached()
    {
        var answer = await _server.GetAsync("/openapi/v1.json");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.ContentHeaders.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.StartsWith("3.1.", answer.Json.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _server.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/openapi/v1.json"))).Status);
    }

    [Fact]
    public void Each_call_that_is_mapped_is_described_and_no_other()
    {
        var mapped =
            from endpoint in _server.Endpoints
            where endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            where method != "HEAD"
            select $"{method} {endpoint.RoutePattern.RawText}";

        Assert.Equal(mapped.Order(StringComparer.Ordinal), _document.Operations.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_document_and_its_page_are_not_described()
    {
        var hidden = _server.Endpoints
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not null)
            .Select(e => e.RoutePattern.RawText!)
            .ToArray();

        Assert.Contains("/openapi/v1.json", hidden);
        Assert.All(hidden, path => Assert.True(path is "/openapi/v1.json" || path.StartsWith("/docs", StringComparison.Ordinal), path));
    }

    [Fact]
    public void Each_call_has_a_name_of_its_own_a_summary_and_answers()
    {
        var calls = _document.Operations.Select(o => o.Operation).ToArray();

        Assert.Distinct(calls.Select(c => c.GetProperty("operationId").GetString()));
        Assert.All(calls, c => Assert.False(string.IsNullOrEmpty(c.GetProperty("summary").GetString())));
        Assert.All(calls, c => Assert.Contains(c.GetProperty("responses").EnumerateObject(), r => r.Name.StartsWith('2')));
    }

    [Fact]
    public void Each_reference_leads_somewhere() =>
        Assert.All(References(_document.Root).ToArray(), r => _document.Resolve(r));

    [Fact]
    public void Each_field_that_is_read_is_described_and_no_other()
    {
        AssertSame(JobMembers.All.Names, _document.Members("JobDefinition"));
        AssertSame(JobMembers.All.Names, _document.Members("JobPatch"));
        AssertSame(PolicyMembers.Misfire.Names, _document.Members("Misfire"));
        AssertSame(PolicyMembers.Retry.Names, _document.Members("Retry"));
        AssertSame(TargetMembers.All.Names, _document.Members("Target"));
        AssertSame(HttpTargetMembers.All.Names, _document.Members("HttpTarget"));
        AssertSame(AmqpTargetMembers.All.Names, _document.Members("AmqpTarget"));
        AssertSame(CommandReader.Fields, _document.Members("Reason"));
        AssertSame(ScheduleEndpoints.Fields, _document.Members("PreviewRequest"));
        AssertSame(ScheduleMembers.All.Names, _document.Members("Schedule"));
    }

    [Fact]
    public void Each_parameter_that_is_read_is_described_and_no_other()
    {
        AssertSame(JobQueryEndpoints.JobParameters, Queries("GET /jobs"));
        AssertSame(JobQueryEndpoints.RunParameters, Queries("GET /jobs/{id}/runs"));
        AssertSame(JobQueryEndpoints.AllRunParameters, Queries("GET /runs"));
        AssertSame(JobQueryEndpoints.EventParameters, Queries("GET /jobs/{id}/events"));
        AssertSame(AsOf.Parameters, Queries("GET /jobs/{id}"));
    }

    [Fact]
    public void Each_placeholder_of_a_path_is_a_parameter() => Assert.All(_document.Operations, o => Assert.Equal(
        o.Path.Contains("{id}", StringComparison.Ordinal) ? ["id"] : [], Parameters(o.Operation, "path")));

    [Fact]
    public void Words_are_those_of_the_readers()
    {
        AssertSame(Words.OverlapPolicies.All, Enum(_document.Schemas.GetProperty("JobDefinition").GetProperty("properties").GetProperty("overlap")));
        AssertSame(Words.JobStatuses.All, Enum(_document.Schemas.GetProperty("Job").GetProperty("properties").GetProperty("status")));
        AssertSame(Words.RunStatuses.All, Enum(_document.Schemas.GetProperty("Run").GetProperty("properties").GetProperty("status")));
        AssertSame(ProblemTypes.All, Enum(_document.Schemas.GetProperty("Problem").GetProperty("properties").GetProperty("type")));
    }

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Enum(JsonElement schema) =>
        schema.GetProperty("enum").EnumerateArray().Where(w => w.ValueKind is JsonValueKind.String).Select(w => w.GetString()!);

    private static IEnumerable<string> Parameters(JsonElement operation, string location) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(p => p.GetProperty("in").ValueEquals(location)).Select(p => p.GetProperty("name").GetString()!)
            : [];

    private static IEnumerable<JsonElement> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("$ref", out _) => [element],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private IEnumerable<string> Queries(string call) => Parameters(_document.Operations.Single(o => $"{o.Method} {o.Path}" == call).Operation, "query");
}
