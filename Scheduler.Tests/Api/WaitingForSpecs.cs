using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api;
using Scheduler.Host.Api.Contracts;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What a job says that it waits for.</summary>
public sealed class WaitingForSpecs
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<WaitingFor, string> Kinds => new()
    {
        { new WaitingForHandler(new HandlerTarget("send-mail") { Version = 2 }), """{"handler":"send-mail/2"}""" },
        { new WaitingForPermit("key:customer-42", Now), """{"permit":"key:customer-42","since":"2026-11-28T12:00:00.000Z"}""" },
        { new WaitingForClock(Now), """{"clock":"2026-11-28T12:00:00.000Z"}""" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_is_an_object_with_a_member_of_its_name(WaitingFor waitingFor, string json) => Assert.Equal(json, Written(waitingFor));

    [Fact]
    public void No_kind_is_left_out() =>
        Assert.Equal(typeof(WaitingFor).Assembly.GetTypes().Where(t => t.BaseType == typeof(WaitingFor)).Count(), Kinds.Count());

    [Fact]
    public void Nothing_is_null() => Assert.Equal("null", Written(waitingFor: null));

    [Fact]
    public async Task Only_who_is_overdue_by_a_second_is_asked_what_it_waits_for()
    {
        var story = Domain.Jobs.Story.In(Domain.Jobs.Situation.Due);
        var clock = new FakeTimeProvider(Domain.Jobs.Story.FireTime.AddSeconds(0.999));
        var permits = new FakePermitWaits { Wait = new WaitingForPermit("node", Domain.Jobs.Story.FireTime) };
        var waits = new JobWaits(new FakeHandlerNodes(), permits, clock, new TimingOptions());
        Assert.Null(await waits.FindAsync(story.State, CancellationToken.None));
        Assert.Empty(permits.Asked);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(permits.Wait, await waits.FindAsync(story.State, CancellationToken.None));
        Assert.Null(await waits.FindAsync(Domain.Jobs.Story.In(Domain.Jobs.Situation.Completed).State, CancellationToken.None));
        Assert.Equal([Domain.Jobs.Story.Id], permits.Asked);
    }

    [Fact]
    public async Task A_run_that_was_asked_for_by_a_clock_that_was_ahead_waits_for_its_permit_and_not_for_the_clock()
    {
        var state = Domain.Jobs.Story.In(Domain.Jobs.Situation.Requested).State;
        var clock = new FakeTimeProvider(Domain.Jobs.Story.Start.AddHours(-3));
        var permits = new FakePermitWaits();
        var waits = new JobWaits(new FakeHandlerNodes(), permits, clock, new TimingOptions());
        Assert.IsType<WaitingForClock>(await waits.FindAsync(state, CancellationToken.None));

        permits.Wait = new WaitingForPermit("node", Domain.Jobs.Story.Start);

        Assert.Equal(permits.Wait, await waits.FindAsync(state, CancellationToken.None));
    }

    private static string Written(WaitingFor? waitingFor)
    {
        var job = JobState.Empty(JobId.Parse("j")) with { Definition = Domain.Jobs.Story.Definition };
        var answer = JsonSerializer.SerializeToElement(JobMapping.ToAnswer(job, waitingFor), ApiJson.Answers.JobAnswer);
        return answer.GetProperty("waiting_for").GetRawText();
    }
}
