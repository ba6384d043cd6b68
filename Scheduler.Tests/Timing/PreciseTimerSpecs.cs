using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scheduler.Actors.Timing;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Timing;

public sealed class PreciseTimerSpecs : TestKit
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Start);

    public PreciseTimerSpecs()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
    }

    [Fact]
    public async Task Nobody_is_told_before_the_clock_shows_the_instant()
    {
        using var timers = new PreciseTimerThread(_clock);
        var at = Start.AddMilliseconds(20);
        timers.Add(at, TestActor, "due");
        _clock.Advance(TimeSpan.FromMilliseconds(19));
        timers.Add(Start, TestActor, "now");
        timers.Add(Start, TestActor, "now again");
        await ExpectMsgAsync<string>(m => Assert.StartsWith("now", m, StringComparison.Ordinal), Patience.Limit);
        await ExpectMsgAsync<string>(m => Assert.StartsWith("now", m, StringComparison.Ordinal), Patience.Limit);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await ExpectMsgAsync("due", Patience.Limit);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_is_waited_for()
    {
        using var timers = new PreciseTimerThread(_clock);
        timers.Add(Start.AddMilliseconds(1), TestActor, "due");
        _clock.AdjustTime(Start.AddHours(-1));
        timers.Add(Start.AddHours(-1), TestActor, "now");
        await ExpectMsgAsync("now", Patience.Limit);

        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1));
        await ExpectMsgAsync("due", Patience.Limit);
    }

    [Fact]
    public async Task Whoever_is_due_first_is_told_first_in_whatever_order_they_came()
    {
        using var timers = new PreciseTimerThread(_clock);
        foreach (var ms in (int[])[30, 10, 50, 20, 40])
            timers.Add(Start.AddMilliseconds(ms), TestActor, ms);
        _clock.Advance(TimeSpan.FromSeconds(1));

        foreach (var ms in (int[])[10, 20, 30, 40, 50])
            await ExpectMsgAsync(ms, Patience.Limit);
    }

    [Fact]
    public async Task Many_waits_from_many_threads_end_once_each_and_never_early_by_the_real_clock()
    {
        const int Threads = 4;
        const int Each = 2_000;
        var told = new Recorded<(int Number, TimeSpan Late)>("a timer");
        var clock = TimeProvider.System;
        using var timers = new PreciseTimerThread(clock);
        var target = Sys.ActorOf(Props.Create(typeof(Listener), clock, told));
        var origin = clock.GetUtcNow();

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var number = (thread * Each) + i;
                var at = origin.AddTicks(number * 37L % 200 * TimeSpan.TicksPerMillisecond);
                timers.Add(at, target, (number, at));
            }
        })));

        var all = await told.AtLeastAsync(Threads * Each);
        Assert.Equal(Enumerable.Range(0, Threads * Each), all.Select(t => t.Number).Order());
        Assert.All(all, t => Assert.True(t.Late >= TimeSpan.Zero, $"{t.Number} was told {-t.Late} early"));
    }

    [Fact]
    public async Task The_long_stretch_tells_at_once_what_is_past_and_nothing_that_was_cancelled()
    {
        using var timers = new AkkaJobTimers(Sys.Scheduler, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        timers.TellAt(now.AddDays(-1), TestActor, "past");
        await ExpectMsgAsync("past", Patience.Limit);

        timers.TellAt(now.AddMilliseconds(20), TestActor, "cancelled").Cancel();
        timers.TellAt(now.AddMilliseconds(100), TestActor, "later");
        await ExpectMsgAsync("later", Patience.Limit);
    }

    [Fact]
    public async Task The_last_stretch_is_the_threads()
    {
        using var timers = new AkkaJobTimers(Sys.Scheduler, _clock);
        timers.TellPrecisely(Start.AddDays(1), TestActor, "due");
        _clock.Advance(TimeSpan.FromDays(1));

        await ExpectMsgAsync("due", Patience.Limit);
    }

    private sealed class Listener(TimeProvider clock, Recorded<(int Number, TimeSpan Late)> told) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var (number, at) = ((int, DateTimeOffset))message;
            told.Add((number, clock.GetUtcNow() - at));
        }
    }
}
