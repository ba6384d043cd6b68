using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Time-zone data change under jobs that are planned. In the older release clocks are at UTC-5 all year; newer ones know of a summer.</summary>
public sealed class ReplanningSpecs
{
    private static readonly TimeZoneData Old = MovedZone.Release("old");
    private static readonly TimeZoneData New = MovedZone.Release("new", Day(6, 10).AddHours(5), Day(8, 10).AddHours(5));

    [Fact]
    public void A_fire_time_that_the_new_data_move_is_moved_with_a_reason()
    {
        var story = Created("0 9 * * *", Day(6, 20));

        var decision = Do(story, New, new ReplanJob(Story.Id));

        var plan = Assert.IsType<JobScheduled>(Assert.Single(decision.Events));
        Assert.Equal(Day(6, 20).AddHours(13), plan.NextFireTime);
        Assert.Equal("The time-zone data changed from old to new.", plan.Reason);
        Assert.Equal(new ZonePlan("new", null), plan.Zone);
        Assert.Empty(Do(story, New, new ReplanJob(Story.Id)).Events);
        Audit(story, New);
    }

    [Theory]
    [InlineData("0 9 * * *", MovedZone.Id, 5)]
    [InlineData("0 9 * * *", "UTC", 20)]
    [InlineData("0 * * * *", MovedZone.Id, 20)]
    public void What_the_new_data_leave_alone_stores_nothing(string cron, string zone, int day) =>
        Assert.Empty(Do(Created(cron, Day(6, day), zone), New, new ReplanJob(Story.Id)).Events);

    [Fact]
    public void What_lies_in_the_past_by_the_new_data_and_was_not_run_is_a_misfire()
    {
        var story = Created("0 9 * * *", Day(6, 20));
        story.Now = Day(6, 20).AddHours(13).AddMinutes(30);

        Settle(story, New);

        Assert.Equal(RunId.Scheduled(Story.Id, 1, Day(6, 20).AddHours(13)), Assert.Single(story.State.Active).RunId);
        Assert.Equal(Day(6, 21).AddHours(13), story.State.NextFireTime);
        Audit(story, New);
    }

    [Theory]
    [InlineData("0 9 * * *")]
    [InlineData("*/20 9 * * *")]
    [InlineData("0 8,9 * * *")]
    public void What_was_run_at_its_local_time_is_not_run_again_when_that_moves(string cron)
    {
        // By the newer data it was 13:00 UTC; the older ones put it at 14:00 again.
        var story = Created(cron, Day(6, 20), MovedZone.Id, New);
        story.Now = Day(6, 20).AddHours(13).AddMinutes(50);
        Settle(story, New);
        Succeed(story, New);

        Do(story, Old, new ReplanJob(Story.Id));

        Assert.Equal("06-21", story.State.NextFireTime!.Value.ToString("MM-dd"));
        Audit(story, Old);
    }

    [Fact]
    public void A_plan_from_before_the_data_were_said_does_not_run_twice_either()
    {
        var story = Created("0 9 * * *", Day(6, 20), MovedZone.Id, New);
        story.Now = Day(6, 20).AddHours(13);
        Settle(story, New);
        Succeed(story, New);
        var state = story.State with { Zone = null };

        var plan = TimeZones.With(Old, () => Replanning.Plan(state, story.Now))!;

        Assert.Equal(Day(6, 21).AddHours(14), plan.NextFireTime);
    }

    [Fact]
    public void A_command_is_decided_on_a_plan_by_the_data_in_use()
    {
        var story = Created("0 9 * * *", Day(6, 20));

        var decision = Do(story, New, new PauseJob(Story.Id, Reason: null));

        Assert.Equal(["JobScheduled", "JobPaused"], decision.Events.Select(e => e.GetType().Name));
        Assert.Equal(story.State, Assert.IsType<JobAccepted>(decision.Reply).State);
        Assert.Equal(Day(6, 20).AddHours(13), story.State.NextFireTime);
    }

    [Fact]
    public void A_command_that_changes_nothing_plans_nothing_anew()
    {
        var story = Created("0 9 * * *", Day(6, 20));
        var before = story.State;

        var decision = Do(story, New, new GetJob(Story.Id));

        Assert.Empty(decision.Events);
        Assert.Equal(new JobFound(before), decision.Reply);
    }

    [Fact]
    public void Who_asks_after_a_job_or_its_plan_is_told_whether_it_is_there()
    {
        var (unknown, known) = (new Story(), Story.In(Situation.Pending));

        Assert.Equal(new JobNotFound(Story.Id), unknown.Do(new GetJob(Story.Id)).Reply);
        Assert.Equal(new JobNotFound(Story.Id), unknown.Do(new ReplanJob(Story.Id)).Reply);
        Assert.Equal(new JobFound(known.State), known.Do(new GetJob(Story.Id)).Reply);
        Assert.Equal(new JobAccepted(known.State, Replayed: true), known.Do(new ReplanJob(Story.Id)).Reply);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whenever_the_data_change_nothing_is_doubled_or_lost(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            var releases = Enumerable.Range(0, 4).Select(n => Release(random, $"r{n}")).ToArray();
            var data = releases[0];
            string[] rules = ["0 9 * * *", "30 2 * * *", "0 9,15 * * *", "0 * * * *", "FREQ=DAILY;BYHOUR=9,21", "FREQ=WEEKLY"];
            var rule = rules[random.Next(rules.Length)];
            var schedule = rule.StartsWith("FREQ", StringComparison.Ordinal)
                ? (Schedule)new RecurrenceRuleSchedule(rule, Anchor: null, MovedZone.Id, [])
                : new CronSchedule(rule, MovedZone.Id, DstGap.Shift, (DstOverlap)random.Next(2), []);
            var story = new Story { Now = Day(5, 1).AddHours(random.Next(24)) };
            Do(story, data, new PutJob(Story.Id, Story.Definition with { Schedule = schedule, Overlap = OverlapPolicy.Allow }, Precondition.None));
            var locals = new List<string>();
            for (var step = 0; step < 120; step++)
            {
                story.Now = story.Now.AddMinutes(random.Next(1, 900));
                if (random.Next(12) == 0)
                    data = releases[random.Next(releases.Length)];
                if (random.Next(4) == 0)
                    Do(story, data, new ReplanJob(Story.Id));
                var before = story.Facts.Count;
                Settle(story, data);
                locals.AddRange(story.Facts.Skip(before).SelectMany(fact => Resolved(fact, data, story.State.Definition!.Schedule)));
                Succeed(story, data);
            }

            if (rule != "0 * * * *")
                Assert.True(locals.Distinct().Count() == locals.Count, $"{rule} twice: {string.Join(' ', locals.GroupBy(l => l).Where(g => g.Count() > 1).Select(g => g.Key))}");
            var runs = story.Facts.OfType<AttemptStarted>().Select(e => e.RunId).ToList();
            Assert.Equal(runs.Count, runs.Distinct().Count());
            AssertNoneLost(rule, locals);
            Audit(story, data);
        }
    }

    private static void AssertNoneLost(string rule, List<string> locals)
    {
        var days = locals.Select(l => DateOnly.Parse(l[..10])).Distinct().Order().ToList();
        var step = rule == "FREQ=WEEKLY" ? 7 : 1;
        Assert.All(days.Zip(days.Skip(1)), pair => Assert.Equal(step, pair.Second.DayNumber - pair.First.DayNumber));
        if (rule is "0 9,15 * * *" or "FREQ=DAILY;BYHOUR=9,21")
            Assert.All(days.Skip(1).SkipLast(1), day => Assert.Equal(2, locals.Count(l => DateOnly.Parse(l[..10]) == day)));
    }

    // The local times that a fact accounts for, by the data that it was decided with.
    private static IEnumerable<string> Resolved(JobEvent fact, TimeZoneData data, Schedule schedule)
    {
        var (from, to) = fact switch
        {
            AttemptStarted e => (e.FireTime, e.FireTime),
            OccurrencesSkipped e => (e.From, e.To),
            _ => (DateTimeOffset.MaxValue, DateTimeOffset.MinValue),
        };
        var zone = data.Find(MovedZone.Id)!;
        return TimeZones.With(data, () =>
        {
            var found = new List<string>();
            for (var at = from <= to ? from : (DateTimeOffset?)null; at is { } one && one <= to; at = schedule.Next(one))
                found.Add(NodaTime.Instant.FromDateTimeOffset(one).InZone(zone).LocalDateTime.ToString("yyyy-MM-dd HH:mm", null));
            return found;
        });
    }

    private static TimeZoneData Release(Random random, string version)
    {
        var changes = Enumerable.Range(0, random.Next(3) * 2).Select(_ => Day(5, 1).AddDays(random.Next(70)).AddHours(5)).Distinct().Order().ToArray();
        return MovedZone.Release(version, changes);
    }

    private static Story Created(string cron, DateTimeOffset now, string zone = MovedZone.Id, TimeZoneData? data = null)
    {
        var story = new Story { Now = now };
        var schedule = new CronSchedule(cron, zone, DstGap.Shift, DstOverlap.First, []);
        Do(story, data ?? Old, new CreateJob(Story.Id, Story.Definition with { Schedule = schedule, Overlap = OverlapPolicy.Allow }, BodyHash: null));
        return story;
    }

    private static Decision Do(Story story, TimeZoneData data, JobCommand command) => TimeZones.With(data, () => story.Do(command));

    private static void Settle(Story story, TimeZoneData data) => TimeZones.With(data, () =>
    {
        while (story.Settle(Story.Node).Events.Count > 0)
        {
        }

        return 0;
    });

    private static void Succeed(Story story, TimeZoneData data)
    {
        while (story.State.Active.Count > 0)
            Do(story, data, new ReportAttempt(Story.Id, story.State.Active[0].RunId, story.State.Active[0].Attempt, Story.Success()));
    }

    private static void Audit(Story story, TimeZoneData data) => TimeZones.With(data, () =>
    {
        var audit = new JobAudit(Story.Id);
        foreach (var fact in story.Facts)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(story.Now).Gaps);
        return 0;
    });

    private static DateTimeOffset Day(int month, int day) => new(2026, month, day, 0, 0, 0, TimeSpan.Zero);
}
