using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>What an operator learns of jobs that wait because the clock was ahead: a line and a count for each, however often it is looked at.</summary>
public sealed class ClockNoticeSpecs : JobSpec
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(3);

    private readonly MeterListener _listener = new();
    private readonly JobMetrics _metrics = new();
    private readonly TestProbe _log;
    private long _counted;

    public ClockNoticeSpecs()
        : base("akka.loglevel = WARNING")
    {
        _log = CreateTestProbe();
        Sys.EventStream.Subscribe(_log.Ref, typeof(Warning));
        Host = Host with { Environment = Host.Environment with { Metrics = _metrics } };
        _listener.InstrumentPublished = (instrument, all) =>
        {
            if (_metrics.Counts(instrument) && instrument.Name == "scheduler.jobs.ahead_of_clock")
                all.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref _counted, more));
        _listener.Start();
    }

    [Fact]
    public async Task A_job_that_has_run_what_would_be_due_says_so_in_a_sentence()
    {
        await RunAheadAsync();

        Assert.Equal(
            "Job nightly-report has resolved its fire times up to 2026-03-02T11:01:00.0000000+00:00, and the clock shows 2026-03-02T08:01:00.0000000+00:00: "
            + "the clock was ahead, and was set back. They are not run again; another schedule starts at once",
            await WarningAsync());
        Assert.Equal(1, Interlocked.Read(ref _counted));
    }

    [Fact]
    public async Task It_is_said_once_whatever_the_job_does_and_however_often_it_is_started_anew()
    {
        await RunAheadAsync();
        await WarningAsync();

        for (var n = 0; n < 2; n++)
        {
            var ended = Entities.Items.Count(c => c.Stage is EntityStage.Stopped);
            Wake();
            await EntityAsync(EntityStage.Stopped, ended + 1);
            await RunAsync();
            await EntityAsync(EntityStage.Stopped, ended + 2);
        }

        await NoWarningAsync();
        Assert.Equal(1, Interlocked.Read(ref _counted));
    }

    [Fact]
    public async Task It_is_said_again_when_the_clock_was_ahead_a_second_time()
    {
        await RunAheadAsync();
        await WarningAsync();
        AdvanceTo(Start + Ahead + Minute);
        Wake();
        await SettleAsync();
        await NoWarningAsync();

        await FireAndSetBackAsync(Start + Ahead + Minute + Minute);

        await WarningAsync();
        Assert.Equal(2, Interlocked.Read(ref _counted));
    }

    [Fact]
    public void A_job_that_was_gone_while_it_stopped_waiting_is_told_of_when_it_waits_anew()
    {
        var notice = new ClockNotice();
        Look(notice, "a", at: Start + Ahead, now: Start);
        Look(notice, "a", at: Start + Ahead, now: Start + Minute);
        Assert.Equal(1, Interlocked.Read(ref _counted));

        Look(notice, "a", at: Start + Ahead + Ahead, now: Start + Ahead);

        Assert.Equal(2, Interlocked.Read(ref _counted));
    }

    [Fact]
    public void It_remembers_no_more_jobs_than_it_may()
    {
        var notice = new ClockNotice(remembers: 2);
        foreach (var job in new[] { "a", "b", "a", "b" })
            Look(notice, job, at: Start + Ahead, now: Start);
        Assert.Equal(2, Interlocked.Read(ref _counted));

        foreach (var job in new[] { "c", "c", "a" })
            Look(notice, job, at: Start + Ahead, now: Start);
        Assert.Equal(4, Interlocked.Read(ref _counted));
    }

    /// <inheritdoc />
    protected override void AfterAll()
    {
        base.AfterAll();
        _listener.Dispose();
        _metrics.Dispose();
    }

    private void Look(ClockNotice notice, string job, DateTimeOffset at, DateTimeOffset now) => notice.Look(
        JobState.Empty(JobId.Parse(job)).Apply(
        [
            new JobCreated { At = at, Definition = OneOff(at + Minute), Generation = 1 },
            new JobScheduled { At = at, NextFireTime = at + Minute, NextDueAt = at + Minute },
        ]),
        now,
        Host.Environment,
        Log);

    /// <summary>Runs the job's fire time while the clock is three hours ahead, and sets it right.</summary>
    private async Task RunAheadAsync()
    {
        await CreateAsync(OneOff(Start) with { Schedule = new IntervalSchedule(Minute) });
        await FireAndSetBackAsync(Start + Ahead + Minute);
    }

    private async Task FireAndSetBackAsync(DateTimeOffset at)
    {
        AdvanceTo(at);
        Wake();
        var call = await Targets.Calls.NextAsync();
        call.Succeed();
        await StoredAsync<RunCompleted>(e => e.RunId == call.Attempt.RunId);
        await SettleAsync();
        Clock.AdjustTime(at - Ahead);
        Wake();
        await SettleAsync();
    }

    private async Task<string> WarningAsync() => (await _log.ExpectMsgAsync<Warning>(Patience.Limit)).Message.ToString()!;

    private async Task NoWarningAsync()
    {
        _log.Ref.Tell("nothing more was said", ActorRefs.NoSender);
        await _log.ExpectMsgAsync<string>(Patience.Limit);
    }
}
