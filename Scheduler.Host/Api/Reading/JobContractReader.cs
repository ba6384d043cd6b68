using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads a job's definition from a request, noting everything that is wrong with it.</summary>
internal sealed class JobContractReader(JobHandlers handlers, AmqpConnectionNames connections, SecretNames? secrets = null)
{
    internal const int MaxNameLength = 200;
    internal const int MaxTags = 32;
    internal const int MaxTagLength = 64;

    internal const int MaxConcurrencyKeyLength = 128;
    internal const int MaxPriority = 100;
    internal const int MostFailures = 1_000_000;
    internal const long MostRuns = 1_000_000_000_000;

    internal static readonly string[] Fields =
    [
        "name", "description", "tags", "parameters", "schedule", "schedule_time", "start_at", "end_at", "max_runs", "jitter", "misfire", "overlap", "retry", "timeout",
        "priority", "concurrency_key", "pause_after_failures", "target",
    ];

    internal static readonly TimeSpan MaxJitter = TimeSpan.FromDays(30);

    internal static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(1);

    internal static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private readonly TargetReader _targets = new(handlers, connections, secrets);

    /// <summary>The definition in <paramref name="body"/>.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="now">What a delay counts from.</param>
    /// <exception cref="ProblemException">Something is wrong with it; the problem names all of it.</exception>
    public JobContract Read(JsonElement body, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (!ObjectReader.TryOpen(body, path: "", errors, Fields, out var reader))
            errors.ThrowIfAny();
        var window = ScheduleReader.ReadWindow(reader);
        var parameters = Parameters(reader);
        var job = new JobContract
        {
            Name = Name(reader),
            Description = reader.Text("description"),
            Tags = Tags(reader),
            Parameters = parameters,
            Schedule = ScheduleReader.Read(reader, now),
            StartAt = window.StartAt,
            EndAt = window.EndAt,
            MaxRuns = reader.LongNumber("max_runs", 1, MostRuns),
            Jitter = reader.Duration("jitter", TimeSpan.Zero, MaxJitter),
            Misfire = PolicyReader.Misfire(reader),
            Overlap = reader.Word("overlap", Words.OverlapPolicies),
            Retry = PolicyReader.Retry(reader),
            Timeout = reader.Duration("timeout", LeastTimeout, MaxTimeout),
            Priority = reader.Number("priority", -MaxPriority, MaxPriority),
            ConcurrencyKey = ConcurrencyKey(reader),
            PauseAfterFailures = reader.Number("pause_after_failures", 1, MostFailures),
            Target = _targets.Read(reader, parameters),
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

    private static string? ConcurrencyKey(ObjectReader reader)
    {
        var key = reader.Text("concurrency_key", MaxConcurrencyKeyLength);
        if (key is not null && string.IsNullOrWhiteSpace(key))
            reader.Error("concurrency_key", "must not be empty; leave it out, or send null, for none");
        return key;
    }
}
