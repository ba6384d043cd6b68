using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Time away does not iterate: what a year of an every-second job leaves behind is a handful of facts, whatever the policies are.</summary>
public sealed class LongPauseSpecs
{
    private const int Seconds = 365 * 24 * 60 * 60;

    public static TheoryData<MisfireKind, OverlapPolicy> Policies
    {
        get
        {
            var all = new TheoryData<MisfireKind, OverlapPolicy>();
            foreach (var misfire in Enum.GetValues<MisfireKind>())
            {
                foreach (var overlap in Enum.GetValues<OverlapPolicy>())
                    all.Add(misfire, overlap);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_year_of_pause_is_one_skip(MisfireKind misfire, OverlapPolicy overlap)
    {
        var story = EverySecond(misfire, overlap);
        story.Do(new PauseJob(Story.Id, Reason: null));
        story.Now = Story.Start.AddSeconds(Seconds);

        var facts = story.Do(new ResumeJob(Story.Id, Reason: null)).Events;

        Assert.InRange(facts.Count, 1, 4);
        var skip = Assert.Single(facts.OfType<OccurrencesSkipped>());
        Assert.Equal((Seconds, SkipReason.Paused), (skip.Count, skip.Why));
        Assert.Equal(story.Now.AddSeconds(1), story.State.NextFireTime);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_year_without_a_node_is_a_handful_of_facts(MisfireKind misfire, OverlapPolicy overlap)
    {
        var story = EverySecond(misfire, overlap);
        story.Now = Story.Start.AddSeconds(Seconds);

        var facts = story.Settle(Story.Node).Events;

        Assert.InRange(facts.Count, 1, 4);
        Assert.InRange(facts.OfType<OccurrencesSkipped>().Sum(s => s.Count!.Value), Seconds - 100, Seconds);
    }

    private static Story EverySecond(MisfireKind misfire, OverlapPolicy overlap)
    {
        var story = new Story();
        var definition = Story.Definition with
        {
            Schedule = new IntervalSchedule(TimeSpan.FromSeconds(1), Story.Start),
            Misfire = new MisfirePolicy(misfire),
            Overlap = overlap,
        };
        story.Do(new CreateJob(Story.Id, definition, BodyHash: null));
        return story;
    }
}
