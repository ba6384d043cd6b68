using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;

namespace Scheduler.Host.Api.Definition;

/// <summary>What a run does. What a name stands for depends on the node that is asked: see <see cref="DefinitionReader"/>.</summary>
internal static class TargetMembers
{
    /// <summary>The kinds of target.</summary>
    public static readonly Choice<Target> All = new(
        Components.Target,
        "What a run does.",
        new Variant<Target, HandlerTarget>(new Declaration<HandlerTarget>(Components.Target, "Code in the scheduler's process.", HandlerTarget.Default)
            .Required(
                "handler",
                Kinds.Text(HandlerTarget.MaxNameLength).Where(name => HandlerTarget.IsName(name) ? null : "must be letters, digits, '.', '_' and '-'"),
                "Code in the scheduler's process, by the name that it is registered under. One that no node has is waited for.",
                t => t.Name,
                (t, name) => t with { Name = name },
                "\"default\"")
            .Defaulted(
                "version",
                Kinds.Whole(1, HandlerTarget.MaxVersion),
                "the handler's version. Left out, 1.",
                t => t.Version,
                (t, version) => t with { Version = version },
                unless: t => t.Version == 1)),
        new Variant<Target, HttpTarget>(new Declaration<HttpTarget>(Components.Target, "An HTTP request.", HttpTargetMembers.Start)
            .Required("http", HttpTargetMembers.All.AsKind(), HttpTargetMembers.All.Meaning, t => t, (_, http) => http)),
        new Variant<Target, AmqpTarget>(new Declaration<AmqpTarget>(Components.Target, "A message for an AMQP broker.", AmqpTargetMembers.Start)
            .Required("amqp", AmqpTargetMembers.All.AsKind(), AmqpTargetMembers.All.Meaning, t => t, (_, amqp) => amqp)));
}
