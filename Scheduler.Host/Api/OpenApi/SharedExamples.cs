using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The examples that many calls have: the document holds them once.</summary>
internal static class SharedExamples
{
    /// <summary>The examples by name.</summary>
    public static readonly IReadOnlyDictionary<string, IOpenApiExample> All = new Dictionary<string, IOpenApiExample>(
        [AnswerExamples.Job, .. RequestExamples.Definitions, .. RequestExamples.Reasons], StringComparer.Ordinal);

    /// <summary>The example, or a reference to it when it is held elsewhere.</summary>
    public static IOpenApiExample ByReference(KeyValuePair<string, IOpenApiExample> example) =>
        All.TryGetValue(example.Key, out var shared) && shared == example.Value ? new OpenApiExampleReference(example.Key) : example.Value;
}
