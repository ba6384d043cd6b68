using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>The audit that the properties rely on finds what is wrong.</summary>
public sealed class JobAuditSpecs
{
    [Theory]
    [InlineData(Situation.Unknown, "0 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 0 open")]
    [InlineData(Situation.Pending, "0 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 0 open")]
    [InlineData(Situation.Due, "1 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 1 open")]
    [InlineData(Situation.Running, "1 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 1 open")]
    [InlineData(Situation.Retrying, "1 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 1 open")]
    [InlineData(Situation.Requested, "0 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 0 open")]
    [InlineData(Situation.Completed, "1 occurrences: 1 completed, 0 discarded, 0 cancelled, 0 skipped, 0 open")]
    [InlineData(Situation.Failed, "1 occurrences: 0 completed, 1 discarded, 0 cancelled, 0 skipped, 0 open")]
    [InlineData(Situation.Cancelled, "0 occurrences: 0 completed, 0 discarded, 0 cancelled, 0 skipped, 0 open")]
    internal void Each_situation_is_clean(Situation situation, string findings)
    {
        var story = Story.In(situation);

        var found = Audit(story);

        Assert.Empty(found.Faults);
        Assert.Equal(
            findings,
            $"{found.Occurrences} occurrences: {found.Completed} completed, {found.Discarded} discarded, {found.Cancelled} cancelled, {found.Skipped} skipped, {found.Open} open");
    }

    [Fact]
    public void What_was_running_or_due_at_the_end_is_counted_as_that()
    {
        var running = Story.In(Situation.Running);
        running.Do(new CancelJob(Story.Id, Reason: null));
        var due = Story.In(Situation.Due);
        due.Do(new DeleteJob(Story.Id, Reason: null));

        Assert.Equal(new AuditFindings(1, 0, 0, 1, 0, 0, []), Audit(running));
        Assert.Equal(new AuditFindings(1, 0, 0, 0, 1, 0, []), Audit(due));
    }

    [Theory]
    [InlineData("a plan without its fire", "Nothing is known of")]
    [InlineData("a skip of what ran", "accounted for twice")]
    [InlineData("a run that starts twice", "comes twice")]
    [InlineData("an attempt too many", "of at most 2")]
    [InlineData("an attempt number that is left out", "has number 3 after 1")]
    [InlineData("a retry of what has ended", "which has ended")]
    [InlineData("an outcome of what does not run", "which does not run")]
    [InlineData("an end that comes too soon", "though something is left to do")]
    [InlineData("an end that never comes", "nobody said so")]
    [InlineData("a discarded run that may be tried again", "may still be tried")]
    [InlineData("a cancelled job that runs on", "leaves a run behind")]
    [InlineData("a fact before its time", "dated before")]
    [InlineData("a cursor that goes back", "moves the cursor back")]
    public void What_must_not_be_is_found(string what, string fault)
    {
        var facts = Wrong(what);

        var found = JobAudit.Of(facts, Story.FireTime.AddHours(1), JobHistory.FireTimesUntil);

        Assert.Contains(found.Faults, f => f.Contains(fault, StringComparison.Ordinal));
    }

    private static List<JobEvent> Wrong(string what)
    {
        var running = Facts(Situation.Running);
        var retrying = Facts(Situation.Retrying);
        var completed = Facts(Situation.Completed);
        var retry = new AttemptStarted
        {
            At = Story.FireTime + Story.RetryDelay,
            RunId = Story.ScheduledRun,
            Number = 2,
            Kind = AttemptKind.Retry,
            FireTime = Story.FireTime,
            DueAt = Story.FireTime + Story.RetryDelay,
            Node = Story.Node,
        };
        return what switch
        {
            "a plan without its fire" => [.. running.Where(f => f is not AttemptStarted)],
            "a skip of what ran" =>
            [
                .. running,
                new OccurrencesSkipped { At = Story.FireTime, From = Story.FireTime, To = Story.FireTime, Count = 1, Why = SkipReason.Misfire },
            ],
            "a run that starts twice" => [.. running, running.OfType<AttemptStarted>().Single()],
            "an attempt too many" =>
            [
                .. retrying,
                retry,
                new AttemptLost { At = retry.At, RunId = retry.RunId, Number = 2, Loss = AttemptLoss.Unknown, RetryAt = retry.At },
                retry with { Number = 3, DueAt = retry.At },
            ],
            "an attempt number that is left out" => [.. retrying, retry with { Number = 3 }],
            "a retry of what has ended" => [.. completed, retry],
            "an outcome of what does not run" => [.. retrying, new RunCompleted { At = retry.At, RunId = retry.RunId, Number = 1 }],
            "an end that comes too soon" => [.. running, new JobCompleted { At = Story.FireTime }],
            "an end that never comes" => [.. completed.Where(f => f is not JobCompleted)],
            "a discarded run that may be tried again" => [.. retrying, new RunDiscarded { At = Story.FireTime, RunId = retry.RunId }],
            "a cancelled job that runs on" => [.. running, new JobCancelled { At = Story.FireTime }],
            "a fact before its time" => [.. running, new JobPaused { At = Story.Start }],
            _ => [.. running, new JobScheduled { At = Story.FireTime, Cursor = Story.Start }],
        };
    }

    private static IReadOnlyList<JobEvent> Facts(Situation situation) => Story.In(situation).Facts;

    private static AuditFindings Audit(Story story) => JobAudit.Of(story.Facts, story.Now, JobHistory.FireTimesUntil);
}
