using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>The first that holds: cancelled, paused, running, pending, failed, completed.</summary>
public sealed class JobStatusSpecs
{
    private static readonly DateTimeOffset Later = Story.Start.AddHours(1);

    [Theory]
    [InlineData(Situation.Pending, JobStatus.Pending)]
    [InlineData(Situation.Due, JobStatus.Pending)]
    [InlineData(Situation.Running, JobStatus.Running)]
    [InlineData(Situation.Retrying, JobStatus.Running)]
    [InlineData(Situation.Requested, JobStatus.Pending)]
    [InlineData(Situation.Paused, JobStatus.Paused)]
    [InlineData(Situation.PausedWhileRunning, JobStatus.Paused)]
    [InlineData(Situation.PausedWhileRetrying, JobStatus.Paused)]
    [InlineData(Situation.Completed, JobStatus.Completed)]
    [InlineData(Situation.Failed, JobStatus.Failed)]
    [InlineData(Situation.Cancelled, JobStatus.Cancelled)]
    internal void A_job_in_each_situation_shows_what_it_is_doing(Situation situation, JobStatus status) =>
        Assert.Equal(status, Story.In(situation).State.Status);

    [Fact]
    public void A_job_that_is_created_and_not_planned_yet_is_pending()
    {
        var created = Story.In(Situation.Pending).Facts[0];

        Assert.Equal(JobStatus.Pending, JobState.Empty(Story.Id).Apply(Assert.IsType<JobCreated>(created)).Status);
    }

    [Theory]
    [InlineData("cancelled paused running planned completed", JobStatus.Cancelled)]
    [InlineData("paused running planned completed", JobStatus.Paused)]
    [InlineData("paused", JobStatus.Paused)]
    [InlineData("running planned completed", JobStatus.Running)]
    [InlineData("running discarded", JobStatus.Running)]
    [InlineData("planned completed", JobStatus.Pending)]
    [InlineData("planned discarded", JobStatus.Pending)]
    [InlineData("buffered completed", JobStatus.Pending)]
    [InlineData("catching-up completed", JobStatus.Pending)]
    [InlineData("requested completed", JobStatus.Pending)]
    [InlineData("completed", JobStatus.Completed)]
    [InlineData("discarded", JobStatus.Failed)]
    [InlineData("stopped", JobStatus.Failed)]
    [InlineData("", JobStatus.Failed)]
    public void Of_all_that_holds_the_first_is_shown(string holds, JobStatus status)
    {
        var state = holds.Split(' ').Aggregate(JobState.Empty(Story.Id) with { Definition = Story.Definition }, With);

        Assert.Equal(status, state.Status);
    }

    private static JobState With(JobState state, string what) => what switch
    {
        "cancelled" => state with { IsCancelled = true },
        "paused" => state with { IsPaused = true },
        "running" => state with { Active = Story.In(Situation.Running).State.Active },
        "planned" => state with { NextFireTime = Later, NextDueAt = Later },
        "buffered" => state with { Buffered = Later },
        "catching-up" => state with { CatchUp = [Later] },
        "requested" => state with { Requested = [new RequestedRun(RunId.Requested(Story.Id, 1, 3), Later)] },
        "completed" => state with { LastOutcome = RunOutcome.Completed },
        "discarded" => state with { LastOutcome = RunOutcome.Discarded },
        "stopped" => state with { LastOutcome = RunOutcome.Cancelled },
        _ => state,
    };
}
