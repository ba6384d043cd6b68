using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;

namespace Scheduler.Host.Api.Definition;

/// <summary>What is known of a target's placeholders before any run: what would fail every run is told when the job is created.</summary>
internal static class FilledTarget
{
    /// <summary>What is wrong, each with the member that it is wrong with.</summary>
    /// <param name="target">The target; its placeholders are all ones that there are.</param>
    /// <param name="job">The job that it is of.</param>
    public static IEnumerable<(string Member, string Problem)> Check(Target target, JobDefinition job) => target switch
    {
        HandlerTarget => [],
        HttpTarget http =>
        [
            .. Text("target.http.url", http.Url, job.Parameters, url => Placeholders.ProblemOfUrl(url, job)),
            .. http.Headers.SelectMany(h => Text($"target.http.headers.{h.Name}", h.Value, job.Parameters, value => Placeholders.ProblemOfHeader(value, job))),
            .. Json("target.http.body", http.Body, job.Parameters),
            .. Text("target.http.text", http.Text, job.Parameters),
        ],
        AmqpTarget amqp =>
        [
            .. Json("target.amqp.body", amqp.Body, job.Parameters),
            .. Text("target.amqp.text", amqp.Text, job.Parameters),
            .. Json("target.amqp.headers", amqp.Headers, job.Parameters),
        ],
        _ => throw new InvalidOperationException($"No check for {target.GetType().Name}."),
    };

    /// <summary>What else is wrong is asked only where nothing is missing.</summary>
    private static IEnumerable<(string Member, string Problem)> Text(string member, string? text, JsonText? parameters, Func<string, string?>? problem = null)
    {
        if (text is null)
            return [];
        var missing = Placeholders.Missing(text, parameters);
        return missing.Count > 0 ? Missing(member, missing) : problem?.Invoke(text) is { } wrong ? [(member, wrong)] : [];
    }

    private static IEnumerable<(string Member, string Problem)> Json(string member, JsonText? json, JsonText? parameters) =>
        json is { } value ? Missing(member, Placeholders.Missing(value, parameters)) : [];

    private static IEnumerable<(string Member, string Problem)> Missing(string member, IReadOnlyList<string> names) =>
        names.Select(name => (member, $"has {{{{{name}}}}}, which the job's parameters do not have"));
}
