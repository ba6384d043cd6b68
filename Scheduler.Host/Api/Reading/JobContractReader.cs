using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads a job's definition from a request, noting everything that is wrong with it.</summary>
internal sealed class JobContractReader(HandlerNames handlers)
{
    private const int MaxNameLength = 200;
    private const int MaxTags = 32;
    private const int MaxTagLength = 64;

    private static readonly string[] Fields = ["name", "description", "tags", "parameters", "schedule", "schedule_time", "retry", "timeout", "target"];

    private static readonly string[] ScheduleFields = ["at", "delay"];

    private static readonly string[] RetryFields = ["max_attempts", "backoff", "initial"];

    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromDays(30);

    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private readonly TargetReader _targets = new(handlers);

    /// <summary>The definition in <paramref name="body"/>.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="now">What a delay counts from.</param>
    /// <exception cref="ProblemException">Something is wrong with it; the problem names all of it.</exception>
    public JobContract Read(JsonElement body, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (!ObjectReader.TryOpen(body, path: "", errors, Fields, out var reader))
            errors.ThrowIfAny();
        var job = new JobContract
        {
            Name = Name(reader),
            Description = reader.Text("description"),
            Tags = Tags(reader),
            Parameters = Parameters(reader),
            Schedule = Schedule(reader, now),
            Retry = Retry(reader),
            Timeout = reader.Duration("timeout", LeastTimeout, MaxTimeout),
            Target = _targets.Read(reader),
        };
        errors.ThrowIfAny();
        return job;
    }

    private static string Name(ObjectReader reader)
    {
        if (!reader.TryGet("name", out _))
        {
            reader.Error("name", "is required");
            return "";
        }

        var name = reader.Text("name", MaxNameLength);
        if (name is not null && string.IsNullOrWhiteSpace(name))
            reader.Error("name", "must not be empty");
        return name ?? "";
    }

    private static List<string> Tags(ObjectReader reader)
    {
        var tags = new List<string>();
        if (!reader.TryGet("tags", out var value))
            return tags;
        if (value.ValueKind is not JsonValueKind.Array)
        {
            reader.Error("tags", $"must be an array of strings, not {ObjectReader.Kind(value)}");
            return tags;
        }

        if (value.GetArrayLength() > MaxTags)
        {
            reader.Error("tags", $"must be at most {MaxTags} tags");
            return tags;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var path = $"tags[{index++}]";
            if (reader.TextOf(item, path, MaxTagLength) is not { } tag)
                continue;
            if (string.IsNullOrWhiteSpace(tag))
                reader.Error(path, "must not be empty");
            else if (tags.Contains(tag, StringComparer.Ordinal))
                reader.Error(path, "is there already: tags must be distinct");
            else
                tags.Add(tag);
        }

        return tags;
    }

    private static JsonText? Parameters(ObjectReader reader)
    {
        if (!reader.TryGet("parameters", out var value))
            return null;
        if (value.ValueKind is not JsonValueKind.Object)
            reader.Error("parameters", $"must be an object, not {ObjectReader.Kind(value)}");
        else if (CarriedJson.TryRead(value, out var json))
            return json;
        else
            reader.Error("parameters", "must be text throughout: a string in it holds half of a surrogate pair");
        return null;
    }

    private static ScheduleContract Schedule(ObjectReader reader, DateTimeOffset now)
    {
        var hasSchedule = reader.TryGet("schedule", out _);
        var hasTime = reader.TryGet("schedule_time", out _);
        if (hasSchedule && hasTime)
            reader.Error("schedule_time", "says the same as schedule.at: send one of them, not both");
        else if (!hasSchedule && !hasTime)
            reader.Error("schedule", "is required: {\"at\": …} or {\"delay\": …}; schedule_time is another name for schedule.at");
        if (hasTime)
            return new ScheduleContract { At = At(reader, "schedule_time") };
        if (!reader.TryObject("schedule", ScheduleFields, out var schedule))
            return new ScheduleContract();

        var hasAt = schedule.TryGet("at", out _);
        var hasDelay = schedule.TryGet("delay", out _);
        if (hasAt == hasDelay)
        {
            reader.Error("schedule", "must have exactly one of: at, delay");
            return new ScheduleContract();
        }

        return hasAt ? new ScheduleContract { At = At(schedule, "at") } : new ScheduleContract { Delay = Delay(schedule, now) };
    }

    private static DateTimeOffset? At(ObjectReader reader, string name)
    {
        if (reader.Instant(name) is not { } at)
            return null;
        if (at <= Instant.Floor(DateTimeOffset.MaxValue))
            return Instant.Ceiling(at);
        reader.Error(name, "is too late: it would be rounded up into the year 10000");
        return null;
    }

    private static TimeSpan? Delay(ObjectReader reader, DateTimeOffset now) =>
        reader.Duration("delay", TimeSpan.Zero, TimeSpan.FromDays((DateTimeOffset.MaxValue - now).Days - 1));

    private static RetryContract? Retry(ObjectReader reader)
    {
        if (!reader.TryObject("retry", RetryFields, out var retry))
            return null;
        var backoff = retry.Text("backoff");
        if (backoff is not (null or RetryContract.Fixed))
            retry.Error("backoff", $"must be '{RetryContract.Fixed}'");
        return new RetryContract(
            retry.Number("max_attempts", 1, RetryPolicy.MaxAttemptsLimit) ?? RetryPolicy.Default.MaxAttempts,
            RetryContract.Fixed,
            retry.Duration("initial", TimeSpan.Zero, MaxRetryDelay) ?? RetryPolicy.Default.Initial);
    }
}
