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
