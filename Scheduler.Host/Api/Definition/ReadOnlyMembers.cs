using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Definition;

/// <summary>
/// Members of a job that the scheduler sets. So that what was answered can be edited and sent again, they are taken as they are, or as they
/// were before runs changed them; any other value is named, since it would be lost.
/// </summary>
internal static class ReadOnlyMembers
{
    private const string Id = "job_id";
    private const string ScheduleTime = "schedule_time";

    /// <summary>What is answered of a job and is no part of its definition.</summary>
    public static readonly string[] Names = [.. JobAnswerMembers.All.Names.Except(JobMembers.All.Names)];

    /// <summary>Notes what is wrong with those that are sent.</summary>
    /// <param name="reader">Reads the body.</param>
    /// <param name="job">The job that the body is for, which may not exist yet; null when its id is the scheduler's to choose.</param>
    public static void Check(ObjectReader reader, JobState? job)
    {
        foreach (var name in Names)
        {
            if (reader.TryGet(name, out var value) && Problem(reader, name, value, job) is { } problem)
                reader.Error(name, problem);
        }
    }

    /// <summary>Whether <c>schedule_time</c> is what was answered beside <c>schedule</c>, and no other name for it.</summary>
    public static bool IsAnsweredTime(ObjectReader reader, JobState? job) =>
        job is { Exists: true, FirstFireTime: { } first }
        && reader.TryGet("schedule", out _)
        && reader.TryGet(ScheduleTime, out var value)
        && value.ValueKind is JsonValueKind.String
        && reader.Instant(ScheduleTime) is { } time
        && Instant.Floor(time) == Instant.Floor(first);

    private static string? Problem(ObjectReader reader, string name, JsonElement value, JobState? job)
    {
        if (job is null)
            return name == Id ? "cannot be chosen here: use PUT /jobs/{id}" : "is set by the scheduler: leave it out";
        if (name == Id)
            return value.ValueKind is JsonValueKind.String && value.ValueEquals(job.Id.Value) ? null : $"is '{job.Id}' by the path, and cannot be changed";
        if (!job.Exists)
            return "is set by the scheduler, and there is no such job yet: leave it out";
        var isPossible = name switch
        {
            "status" => value.ValueKind is JsonValueKind.String && Words.JobStatuses.TryParse(value.GetString(), out var status) && IsAsPlaced(status, job.Status),
            "waiting_for" => value.ValueKind is JsonValueKind.Object,
            "next_run" => value.ValueKind is JsonValueKind.String,
            "version" => IsUpTo(value, job.Version),
            "run_count" => IsUpTo(value, job.RunCount),
            "failure_count" => IsUpTo(value, job.FailureCount),
            "last_run" => value.ValueKind is JsonValueKind.String && reader.Instant(name) <= job.LastRunAt,
            "revision" => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var revision) && revision == job.Revision,
            "created_at" => IsAt(reader, name, value, job.CreatedAt),
            "updated_at" => IsAt(reader, name, value, job.UpdatedAt),
            _ => throw new InvalidOperationException($"Nobody says when '{name}' is unchanged."),
        };
        return isPossible ? null : $"is set by the scheduler and cannot be changed; it is {Now(name, job)} now";
    }

    /// <summary>Runs don't pause a job, nor cancel it: who sends another status of these means to, and would not be heard.</summary>
    private static bool IsAsPlaced(JobStatus sent, JobStatus now) =>
        sent == now || (sent is not (JobStatus.Paused or JobStatus.Cancelled) && now is not (JobStatus.Paused or JobStatus.Cancelled));

    private static bool IsUpTo(JsonElement value, long most) => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 && number <= most;

    private static bool IsAt(ObjectReader reader, string name, JsonElement value, DateTimeOffset at) =>
        value.ValueKind is JsonValueKind.String && reader.Instant(name) is { } time && Instant.Floor(time) == Instant.Floor(at);

    private static string Now(string name, JobState job)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Answer.Writing))
            JobAnswerMembers.All.AsKind().Write(json, new JobAnswer(job, WaitingFor: null));
        using var now = JsonDocument.Parse(text.ToArray());
        return now.RootElement.GetProperty(name).GetRawText();
    }
}
