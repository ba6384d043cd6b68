using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Retention;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Retention;

/// <summary>When passes come.</summary>
public sealed class RetentionActorSpecs : TestKit
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Start);
    private readonly ScriptedRetention _views = new();
    private readonly RetentionOptions _options = new() { Pause = TimeSpan.Zero };

    public RetentionActorSpecs()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
    }

    [Fact]
    public async Task A_pass_comes_an_interval_after_the_start_and_after_each_one_before_it()
    {
        Begin();
        for (var pass = 1; pass <= 3; pass++)
        {
            await _clock.Waits.AtLeastAsync(pass, wait => wait == _options.Interval);
            Assert.Equal(pass - 1, _views.Passes.Items.Count);
            _clock.Advance(_options.Interval);
            Assert.Equal(Start + (_options.Interval * pass) - _options.RunAge, await _views.Passes.NextAsync());
        }
    }

    [Fact]
    public async Task A_pass_that_fails_is_left_to_the_next()
    {
        _views.Next(() => throw new ViewsUnavailableException("The disk is gone."));
        Begin();
        await _clock.Waits.AtLeastAsync(1);
        _clock.Advance(_options.Interval);
        await _views.Passes.AtLeastAsync(1);

        await _clock.Waits.AtLeastAsync(2);
        _clock.Advance(_options.Interval);
        await _views.Passes.AtLeastAsync(2);
    }

    [Fact]
    public async Task It_stops_when_it_is_told_to_while_it_waits()
    {
        var retention = Watch(Begin());
        await _clock.Waits.AtLeastAsync(1);

        retention.Tell(StopRetention.Instance);
        await ExpectTerminatedAsync(retention, Patience.Limit);
    }

    [Fact]
    public async Task It_stops_behind_the_batch_that_it_is_at()
    {
        var batch = new TaskCompletionSource();
        _views.Next(() => batch.Task);
        var retention = Watch(Begin());
        await _clock.Waits.AtLeastAsync(1);
        _clock.Advance(_options.Interval);
        await _views.Passes.AtLeastAsync(1);

        retention.Tell(StopRetention.Instance);
        await retention.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);
        Assert.False(HasMessages);
        batch.SetResult();
        await ExpectTerminatedAsync(retention, Patience.Limit);
        Assert.Single(_views.Passes.Items);
    }

    private IActorRef Begin() => Sys.ActorOf(RetentionActor.Props(new RetentionEnvironment(_clock, _options, _views, TestActor, NullLogger.Instance)));
}
