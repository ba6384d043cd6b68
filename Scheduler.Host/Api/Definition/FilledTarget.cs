using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;

namespace Scheduler.Host.Api.Definition;

/// <summary>What is known of a target's placeholders before any run: what would fail every run is told when the job is created.</summary>
internal static class FilledTarget
{
    /// <summary>What is wrong, each with the member that it is wrong with.</summary>
    /// <param name="target">The target; its placeholders are all ones that there are.</param>
    /// <param name="parameters">The job's parameters; null for none.</param>
    public static IEnumerable<(string Member, string Problem)> Check(Target target, JsonText? parameters) => target switch
    {
        HandlerTarget => [],
        HttpTarget http =>
        [
            .. Url(http.Url, parameters),
            .. http.Headers.SelectMany(h => Text($"target.http.headers.{h.Name}", h.Value, parameters)),
            .. Json("target.http.body", http.Body, parameters),
            .. Text("target.http.text", http.Text, parameters),
        ],
        AmqpTarget amqp =>
        [
            .. Json("target.amqp.body", amqp.Body, parameters),
            .. Text("target.amqp.text", amqp.Text, parameters),
            .. Json("target.amqp.headers", amqp.Headers, parameters),
        ],
        _ => throw new InvalidOperationException($"No check for {target.GetType().Name}."),
    };

    private static IEnumerable<(string Member, string Problem)> Url(string url, JsonText? parameters)
    {
        const string Member = "target.http.url";
        var missing = Text(Member, url, parameters).ToList();
        return missing.Count > 0 || !Placeholders.RewritesPath(url, parameters)
            ? missing
            : [(Member, "has a segment '.' or '..' in its path with its placeholders filled, which leads to another path")];
    }

    private static IEnumerable<(string Member, string Problem)> Text(string member, string? text, JsonText? parameters) =>
        text is null ? [] : Missing(member, Placeholders.Missing(text, parameters));

    private static IEnumerable<(string Member, string Problem)> Json(string member, JsonText? json, JsonText? parameters) =>
        json is { } value ? Missing(member, Placeholders.Missing(value, parameters)) : [];

    private static IEnumerable<(string Member, string Problem)> Missing(string member, IReadOnlyList<string> names) =>
        names.Select(name => (member, $"has {{{{{name}}}}}, which the job's parameters do not have"));
}
