using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What random histories have found, each as short as it could be made.</summary>
public sealed class FoundByHistoriesSpecs
{
    [Fact]
    public void A_request_from_before_the_clock_jumped_back_takes_the_place_of_a_retry_at_once()
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition with { Overlap = OverlapPolicy.CancelRunning }, BodyHash: null));
        story.Run().Fail();
        var retryAt = story.Active.RetryAt!.Value;
        story.Now = retryAt.AddMinutes(1);
        story.Do(new TriggerJob(Story.Id, Reason: null));
        story.Now = retryAt;

        // Neither waits for the other.
        Assert.Equal("RunCancelled AttemptStarted", story.Settle(Story.Node).Events.Names());

        Assert.Equal(AttemptKind.Requested, story.Active.Kind);
    }

    [Fact]
    public void Another_jitter_after_the_clock_was_set_back_has_a_late_one_off_due_by_the_clock_as_it_is_now()
    {
        var story = new Story { Now = Story.FireTime.AddDays(1) };
        story.Do(new CreateJob(Story.Id, Story.Definition, BodyHash: null));
        story.Now = story.Now.AddHours(-1);

        story.Do(new UpdateJob(Story.Id, Story.Definition with { Jitter = TimeSpan.FromSeconds(30) }, Precondition.None));

        Assert.Equal(story.Now, story.State.NextDueAt);
        var audit = new JobAudit(Story.Id);
        foreach (var fact in story.Facts)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(story.Now).Gaps);
    }

    [Fact]
    public void A_fire_time_that_is_not_due_yet_is_not_skipped_when_max_runs_is_raised()
    {
        var story = new Story();
        var definition = Story.Definition with
        {
            Schedule = new IntervalSchedule(TimeSpan.FromMinutes(1), Story.Start),
            Jitter = TimeSpan.FromSeconds(30),
            MaxRuns = 1,
        };
        story.Do(new CreateJob(Story.Id, definition, BodyHash: null));
        story.Run().Succeed();
        story.Now = Story.FireTime.AddMinutes(1);

        var facts = story.Do(new UpdateJob(Story.Id, definition with { MaxRuns = 2 }, Precondition.None)).Events;

        Assert.Empty(facts.OfType<OccurrencesSkipped>());
        Assert.Equal(story.Now, story.State.NextFireTime);
        Assert.True(story.State.NextDueAt > story.Now);
    }
}
