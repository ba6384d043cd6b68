using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Definition;

/// <summary>A job's definition.</summary>
internal static class JobMembers
{
    private const int MaxNameLength = 200;
    private const int MaxTags = 32;
    private const int MaxTagLength = 64;
    private const int MaxConcurrencyKeyLength = 128;
    private const int MaxPriority = 100;
    private const int MostFailures = 1_000_000;
    private const long MostRuns = 1_000_000_000_000;

    private const string Schedule = "schedule";
    private const string ScheduleTime = "schedule_time";

    private static readonly TimeSpan MaxJitter = TimeSpan.FromDays(30);

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private static readonly JsonText NoParameters = new("{}");

    private static readonly Kind<ValueList<string>> Tags = Kinds.List<string>(
        MaxTags,
        Shape.Text("A tag.", MaxTagLength, minLength: 1),
        (text, before, out tag) =>
        {
            tag = text;
            return string.IsNullOrWhiteSpace(text) ? "must not be empty"
                : before.Contains(text, StringComparer.Ordinal) ? "is there already: tags must be distinct"
                : null;
        }).Described(schema => schema.UniqueItems = true);

    /// <summary>The members.</summary>
    public static readonly Declaration<JobDefinition> All = new Declaration<JobDefinition>(
        Components.JobDefinition,
        "A job's definition. A member that is null counts as left out; an unknown one is an error. It has `schedule`, or its older form `schedule_time`, not both.",
        new JobDefinition
        {
            Name = "",
            Schedule = new OneOffSchedule(default),
        })
    {
        ShowsNulls = true,
    }
        .Required("name", Kinds.Text(MaxNameLength, whenEmpty: "must not be empty"), "For people; need not be unique.", d => d.Name, (d, name) => d with { Name = name })
        .Optional("description", Kinds.Text(), "For people.", d => d.Description, (d, text) => d with { Description = text })
        .Defaulted("tags", Tags, "What lists can be filtered by.", d => d.Tags, (d, tags) => d with { Tags = tags }, example: "[\"billing\"]")
        .Defaulted(
            "parameters",
            Kinds.AnyObject,
            "What the target is given. The scheduler only carries it.",
            d => d.Parameters ?? NoParameters,
            (d, json) => d with { Parameters = json == NoParameters ? null : json })
        .Expected(Schedule, ScheduleMembers.All.AsKind(), "When it fires.", d => d.Schedule, (d, schedule) => d with { Schedule = schedule })
        .OnlySent(ScheduleTime, Kinds.From, "Another name for `schedule.at`.", (d, at) => d with { Schedule = new OneOffSchedule(at) })
        .Optional("start_at", Kinds.From, "Nothing fires before it.", d => d.StartAt, (d, at) => d with { StartAt = at })
        .Optional("end_at", Kinds.Until, "Nothing fires after it; not before `start_at`.", d => d.EndAt, (d, at) => d with { EndAt = at })
        .Optional(
            "max_runs",
            Kinds.Long(1, MostRuns),
            "After so many scheduled runs the schedule ends. Skips, retries and triggered runs do not count.",
            d => d.MaxRuns,
            (d, runs) => d with { MaxRuns = runs })
        .Defaulted(
            "jitter",
            Kinds.Duration(TimeSpan.Zero, MaxJitter),
            "By how much a run is due after its fire time at most: a share of it that the run's id decides.",
            d => d.Jitter,
            (d, jitter) => d with { Jitter = jitter })
        .Defaulted("misfire", PolicyMembers.Misfire.AsKind(), PolicyMembers.Misfire.Meaning, d => d.Misfire, (d, policy) => d with { Misfire = policy })
        .Defaulted(
            "overlap",
            Kinds.Word(Words.OverlapPolicies),
            "What becomes of a fire time that comes while a run is active: it is skipped, waits, runs beside it (up to 16), or takes its place.",
            d => d.Overlap,
            (d, policy) => d with { Overlap = policy })
        .Defaulted("retry", PolicyMembers.Retry.AsKind(), PolicyMembers.Retry.Meaning, d => d.Retry, (d, policy) => d with { Retry = policy })
        .Defaulted(
            "timeout",
            Kinds.Duration(TimeSpan.FromMilliseconds(1), MaxTimeout),
            "How long one attempt may take.",
            d => d.Timeout,
            (d, timeout) => d with { Timeout = timeout })
        .Defaulted(
            "priority",
            Kinds.Whole(-MaxPriority, MaxPriority),
            "Where runs of a node wait for each other, the greater starts first.",
            d => d.Priority,
            (d, priority) => d with { Priority = priority })
        .Optional(
            "concurrency_key",
            Kinds.Text(MaxConcurrencyKeyLength, whenEmpty: "must not be empty; leave it out, or send null, for none"),
            "Jobs with one key share a limit (`MaxRunsPerConcurrencyKey` of the configuration) and their turns: within a priority, keys (or else first tags) take turns.",
            d => d.ConcurrencyKey,
            (d, key) => d with { ConcurrencyKey = key },
            example: "\"customer-42\"")
        .Optional(
            "pause_after_failures",
            Kinds.Whole(1, MostFailures),
            "After so many discarded runs in a row the job pauses itself.",
            d => d.PauseAfterFailures,
            (d, runs) => d with { PauseAfterFailures = runs })
        .Defaulted("target", TargetMembers.All.AsKind(), "What a run does.", d => d.Target, (d, target) => d with { Target = target })
        .Completed((reader, definition) =>
        {
            CheckSchedule(reader);
            if (definition.StartAt > definition.EndAt)
                reader.Error("end_at", "must not be before start_at");
            return definition;
        });

    /// <summary>What says when a job fires.</summary>
    public static readonly Declaration<JobDefinition> Timing = All.Only(Schedule, ScheduleTime, "start_at", "end_at");

    private static void CheckSchedule(ObjectReader reader)
    {
        var hasSchedule = reader.TryGet(Schedule, out _);
        var hasTime = reader.TryGet(ScheduleTime, out _);
        if (hasSchedule && hasTime)
            reader.Error(ScheduleTime, "says the same as schedule.at: send one of them, not both");
        else if (!hasSchedule && !hasTime)
            reader.Error(Schedule, $"is required: an object with one of {ScheduleMembers.All.Keys}; schedule_time is another name for schedule.at");
    }
}
