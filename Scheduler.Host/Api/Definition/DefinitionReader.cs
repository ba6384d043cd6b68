using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Http;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Definition;

/// <summary>
/// Reads a job's definition from a request, noting everything that is wrong with it: what is declared, and what depends on this node and
/// the time. Its schedule is as the client left it: the job resolves it against the one that it has.
/// </summary>
/// <param name="handlers">Those of this node.</param>
/// <param name="connections">The AMQP connections that there are.</param>
/// <param name="secrets">The secrets that there are; null where this node does not call webhooks itself.</param>
/// <param name="addresses">Which addresses webhooks may reach; null where this node does not call them itself.</param>
internal sealed class DefinitionReader(
    JobHandlers handlers, AmqpConnectionNames connections, SecretNames? secrets = null, AddressRules? addresses = null)
{
    /// <summary>The definition in <paramref name="body"/>.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="now">What a delay counts from.</param>
    /// <param name="job">The job that it is for, which may not exist yet; null when its id is the scheduler's to choose.</param>
    /// <exception cref="ProblemException">Something is wrong with it; the problem names all of it.</exception>
    public JobDefinition Read(JsonElement body, DateTimeOffset now, JobState? job = null)
    {
        var errors = new FieldErrors();
        if (!ObjectReader.TryOpen(body, path: "", errors, JobMembers.All.Names, out var reader, ReadOnlyMembers.Names))
            errors.ThrowIfAny();
        ReadOnlyMembers.Check(reader, job);
        var definition = JobMembers.All.Read(ReadOnlyMembers.IsAnsweredTime(reader, job) ? reader.Without("schedule_time") : reader);
        CheckDelay(definition.Schedule, now, errors);
        if (!errors.Has("target"))
            Check(definition.Target, definition, errors);
        errors.ThrowIfAny();
        return definition;
    }

    /// <summary>Whether the body has members that the scheduler sets, so that they must be compared with the job.</summary>
    public static bool HasReadOnly(JsonElement body) =>
        body.ValueKind is JsonValueKind.Object
        && (ReadOnlyMembers.Names.Any(name => body.TryGetProperty(name, out _)) || (body.TryGetProperty("schedule_time", out _) && body.TryGetProperty("schedule", out _)));

    /// <summary>Notes a delay that leads out of the calendar.</summary>
    public static void CheckDelay(Schedule schedule, DateTimeOffset now, FieldErrors errors)
    {
        var most = TimeSpan.FromDays(Math.Max(0, (DateTimeOffset.MaxValue - now).Days - 1));
        if (schedule is DelaySchedule { Delay: var delay } && delay > most)
            errors.Add("schedule.delay", $"must be from {DurationText.Format(TimeSpan.Zero)} to {DurationText.Format(most)}");
    }

    private void Check(Target target, JobDefinition definition, FieldErrors errors)
    {
        if (!errors.Has("parameters"))
        {
            foreach (var (member, problem) in FilledTarget.Check(target, definition))
                errors.Add(member, problem);
        }

        if (target is HttpTarget http && addresses is not null && Uri.TryCreate(http.Url, UriKind.Absolute, out var url)
            && AddressRules.Literal(url) is { } address && !addresses.Allows(address))
            errors.Add("target.http.url", $"leads to {address}, which this scheduler may not call: it is not public, and Scheduler:Http:AllowedAddresses does not have it");

        switch (target)
        {
            case HandlerTarget handler:
                // One that this node does not have is taken: another node may, or will. The job waits for it and says so.
                foreach (var error in handlers.Find(handler)?.Check(definition.Parameters) ?? [])
                    errors.Add(error.Path.Length == 0 ? "parameters" : $"parameters.{error.Path}", error.Message);
                break;
            case HttpTarget { Secret: { } secret } when secrets is { All: var known } && !known.Contains(secret, StringComparer.Ordinal):
                errors.Add("target.http.secret", known.Count == 0
                    ? "is not a secret that this scheduler has: it has none"
                    : $"is not a secret that this scheduler has; known: {string.Join(", ", known)}");
                break;
            case AmqpTarget { Connection: var name } when !connections.MayContain(name):
                errors.Add("target.amqp.connection", connections.All is { Count: > 0 } all
                    ? $"is not an AMQP connection that this scheduler has; known: {string.Join(", ", all)}"
                    : "is not an AMQP connection that this scheduler has; none is configured (Scheduler:Amqp:<name>:Uri)");
                break;
            case HttpTarget or AmqpTarget:
                break;
            default:
                throw new InvalidOperationException($"No check for {target.GetType().Name}.");
        }
    }
}
