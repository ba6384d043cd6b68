using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Projections;

/// <summary>Jobs, runs and rows for the specs of this folder.</summary>
internal static class ViewSamples
{
    public static readonly DateTimeOffset T0 = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static readonly WorkerNode Node = new("akka.tcp://scheduler@127.0.0.1:4053", 1);

    public static JobDefinition Definition(string name, params string[] tags) =>
        new() { Name = name, Schedule = new OneOffSchedule(T0), Tags = ValueList.From(tags) };

    /// <summary>A job that is created and scheduled: at version 2.</summary>
    public static JobState Created(JobId id, DateTimeOffset? createdAt = null, DateTimeOffset? due = null, string name = "job", params string[] tags) =>
        JobState.Empty(id).Apply(
        [
            new JobCreated { At = createdAt ?? T0, Definition = Definition(name, tags), Generation = 1 },
            new JobScheduled { At = createdAt ?? T0, NextFireTime = due ?? T0.AddHours(1), NextDueAt = due ?? T0.AddHours(1) },
        ]);

    /// <summary>The job with its one-off's run active.</summary>
    public static JobState Started(JobState created) => created.Apply(
    [
        new AttemptStarted
        {
            At = created.NextDueAt!.Value,
            RunId = RunId.Scheduled(created.Id, 1, created.NextFireTime!.Value),
            Number = 1,
            Kind = AttemptKind.Scheduled,
            FireTime = created.NextFireTime.Value,
            DueAt = created.NextDueAt.Value,
            Node = Node,
        },
        new JobScheduled { At = created.NextDueAt.Value, Cursor = created.NextFireTime },
    ]);

    /// <summary>A one-off that ran, and has nothing left to do.</summary>
    public static JobState Finished(JobId id, DateTimeOffset at, bool succeeds = true)
    {
        var run = RunId.Scheduled(id, 1, at);
        return Started(Created(id, due: at)).Apply(
        [
            succeeds ? new RunCompleted { At = at, RunId = run, Number = 1 } : new RunDiscarded { At = at, RunId = run },
            new JobCompleted { At = at },
        ]);
    }

    public static RunView Run(JobId job, DateTimeOffset fireTime, long version, RunStatus status = RunStatus.Running) => new()
    {
        RunId = RunId.Scheduled(job, 1, fireTime),
        JobId = job,
        Status = status,
        FireTime = fireTime,
        Version = version,
    };
}

/// <summary>A row whose writing can be awaited.</summary>
internal sealed class AwaitedRow(JobState state, bool isNew) : RowWrite(state, isNew)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    protected override void OnWritten() => _done.SetResult();

    protected override void OnFailed(Exception cause) => _done.SetException(cause);
}
