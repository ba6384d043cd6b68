using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>The commands that begin a job, change its definition, or hold it.</summary>
internal static class JobEdits
{
    /// <summary>Begins a generation of a job that does not exist, or was cancelled.</summary>
    public static Decision Begin(JobState state, JobCommand command, JobDefinition draft, string? bodyHash, DateTimeOffset at)
    {
        var definition = draft.Resolve(state.Id, before: null, at);
        if (WhyNot(state, definition, at) is { } refused)
            return refused;

        var generation = state.Generation + 1;
        var created = JobDecider.From(command, reason: null, new JobCreated { At = at, Definition = definition, Generation = generation, BodyHash = bodyHash });
        return JobDecider.Accept(state, [created, Plans.First(state.Id, definition, generation, at)], at, isNew: !state.Exists);
    }

    public static Decision Put(JobState state, PutJob command, DateTimeOffset at)
    {
        if (!command.Precondition.HoldsFor(state))
            return Unwanted(state);
        return !state.Exists || state.IsCancelled
            ? Begin(state, command, command.Definition, state.Exists ? state.BodyHash : null, at)
            : Replace(state, command, command.Definition, at);
    }

    public static Decision Update(JobState state, UpdateJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (JobDecider.Repeated(state, command, KeyUse.Update) is { } repeated)
            return repeated;
        if (!command.Precondition.HoldsFor(state))
            return Unwanted(state);
        return state.IsCancelled
            ? JobDecider.Conflict(state, "The job is cancelled; only a PUT starts it anew.")
            : Replace(state, command, command.Definition, at);
    }

    public static Decision Pause(JobState state, PauseJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (JobDecider.Repeated(state, command, KeyUse.Pause) is { } repeated)
            return repeated;
        if (state.IsCancelled)
            return JobDecider.Conflict(state, "The job is cancelled.");
        if (state.IsPaused)
            return JobDecider.Unchanged(state);
        return state.HasWorkLeft
            ? JobDecider.Accept(state, Paused(state, JobDecider.From(command, command.Reason, new JobPaused { At = at }), at), at)
            : JobDecider.Conflict(state, "The job is finished: there is nothing to pause.");
    }

    public static Decision Resume(JobState state, ResumeJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (JobDecider.Repeated(state, command, KeyUse.Resume) is { } repeated)
            return repeated;
        if (state.IsCancelled)
            return JobDecider.Conflict(state, "The job is cancelled.");
        return state.IsPaused
            ? JobDecider.Accept(state, Skipping(state, SkipReason.Paused, JobDecider.From(command, command.Reason, new JobResumed { At = at }), at), at)
            : JobDecider.Unchanged(state);
    }

    /// <summary>The facts of a pause: fire times that are due or wait are skipped.</summary>
    public static ValueList<JobEvent> Paused(JobState state, JobPaused paused, DateTimeOffset at) => Skipping(state, SkipReason.Paused, paused, at);

    private static ValueList<JobEvent> Skipping(JobState state, SkipReason why, JobEvent fact, DateTimeOffset at)
    {
        ValueList<JobEvent> events = [.. Plans.SkipAll(state, why, at), fact];
        return Plans.AfterSkipAll(state, at) is { } plan ? events.Add(plan) : events;
    }

    private static Decision Replace(JobState state, JobCommand command, JobDefinition draft, DateTimeOffset at)
    {
        var before = state.Definition!;
        var definition = draft.Resolve(state.Id, before, at);
        if (definition == before)
            return JobDecider.Unchanged(state);

        if (definition.FireTimes == before.FireTimes)
        {
            var updated = JobDecider.From(command, reason: null, new JobUpdated { At = at, Definition = definition, Generation = state.Generation });
            return JobDecider.Accept(state, [updated, .. Adjusted(state, before, state.Apply(updated), at)], at);
        }

        if (WhyNot(state, definition, at) is { } refused)
            return refused;
        var generation = state.Generation + 1;
        return JobDecider.Accept(
            state,
            [
                .. Plans.SkipAll(state, SkipReason.Updated, at),
                JobDecider.From(command, reason: null, new JobUpdated { At = at, Definition = definition, Generation = generation }),
                Plans.First(state.Id, definition, generation, at),
            ],
            at);
    }

    /// <summary>What an edit that leaves the fire times alone changes of the plan: what waits must fit the new bounds, and nothing fires again.</summary>
    private static ValueList<JobEvent> Adjusted(JobState state, JobDefinition before, JobState updated, DateTimeOffset at)
    {
        var definition = updated.Definition!;
        if (updated.NextFireTime is null && before.MaxRuns is not null && !(updated.ScheduledRuns >= definition.MaxRuns))
            return Revived(updated, at);
        if (updated.ScheduledRuns >= definition.MaxRuns)
        {
            return updated.HasWorkLeft && Plans.AfterSkipAll(updated, at) is { } ended
                ? [.. Plans.SkipAll(updated, SkipReason.Limit, at), ended]
                : updated.NextFireTime is null ? [] : [Plans.Same(updated, at)];
        }

        var events = new List<JobEvent>();
        var fitting = (int)Math.Clamp(Plans.Budget(updated with { CatchUp = [] }), 0, definition.Misfire.Limit);
        var kept = updated.CatchUp.Last(fitting);
        events.AddRange(Plans.Skips(updated, updated.CatchUp.Take(updated.CatchUp.Count - kept.Count), SkipReason.Limit, at));
        var adjusted = updated with { CatchUp = kept };
        // What is due stays due; what is not, moves to where the new jitter puts it, but not into the past.
        if (state.NextDueAt > at && definition.Jitter != before.Jitter)
            adjusted = adjusted with { NextDueAt = Instant.Max(Plans.DueAt(updated, updated.NextFireTime!.Value), at) };
        if (adjusted != updated)
            events.Add(Plans.Same(adjusted, at));
        return ValueList.From(events);
    }

    /// <summary>The plan of a schedule whose <c>max_runs</c> was raised after it was reached: what would have fired meanwhile is skipped.</summary>
    private static ValueList<JobEvent> Revived(JobState updated, DateTimeOffset at)
    {
        var fireTimes = updated.Definition!.FireTimes;
        if (updated.Cursor is not { } cursor || fireTimes.Next(cursor) is not { } next)
            return [];
        if (Plans.DueAt(updated, next) > at)
            return [Plans.After(updated, cursor, at)];
        var last = Plans.LastDue(updated with { NextFireTime = next }, at);
        return [Plans.Skip(updated, next, last, SkipReason.Limit, at), Plans.After(updated, last, at)];
    }

    private static Decision Unwanted(JobState state) => new([], new PreconditionFailed(state.Id, state.Exists ? state.Revision : null));

    /// <summary>The refusal of fire times that nobody can know, or that never come; null when they are all right.</summary>
    private static Decision? WhyNot(JobState state, JobDefinition definition, DateTimeOffset at)
    {
        if (DayMatchReadings.Of(definition.FireTimes, at) is { } readings)
            return new([], new DefinitionRefused(state.Id, "schedule.day_match", Text(readings)) { Readings = readings });
        if (definition.Schedule is RecurrenceRuleSchedule { CountsTooFar: true })
        {
            return new(
                [],
                new DefinitionRefused(
                    state.Id,
                    "schedule.rrule",
                    $"has a COUNT that ends too far away: more than {RecurrenceRule.MostCountedDays:N0} days would have to be looked at to find where. Use a smaller COUNT, UNTIL, end_at or max_runs"));
        }

        return WhyNever(definition, at) is { } never ? new([], new DefinitionRefused(state.Id, never.Field, never.Detail)) : null;
    }

    /// <summary>Why the schedule will never fire; null when it will.</summary>
    private static (string Field, string Detail)? WhyNever(JobDefinition definition, DateTimeOffset at)
    {
        if (definition.FireTimes.First(at) is not null)
            return null;
        if (definition.EndAt is { } end && (definition.FireTimes with { EndAt = null }).First(at) is { } first)
            return ("end_at", $"ends the schedule at {Text(end)}, before it fires for the first time, at {Text(first)}");
        if (definition.StartAt is { } start && (definition.FireTimes with { StartAt = null, EndAt = null }).First(at) is not null)
            return ("start_at", $"lets the schedule begin at {Text(start)}, after it fires for the last time");
        return ("schedule", "will never fire again");
    }

    private static string Text(DayMatchReadings readings) =>
        "is required where neither the day of month nor the day of week begins with * or ?: "
        + $"\"either\" (as in crontab) fires at {Texts(readings.Either)}; \"both\" (as in Quartz) fires at {Texts(readings.Both)}";

    private static string Texts(ValueList<DateTimeOffset> instants) => instants.Count == 0 ? "no time at all" : string.Join(", ", instants.Select(Text));

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
