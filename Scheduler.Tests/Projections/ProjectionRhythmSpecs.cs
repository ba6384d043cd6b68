using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Projections;

/// <summary>When projections go on.</summary>
public sealed class ProjectionRhythmSpecs
{
    private readonly FakeTimeProvider _time = new();
    private readonly ProjectionRhythm _rhythm;

    public ProjectionRhythmSpecs() => _rhythm = new ProjectionRhythm(TimeSpan.FromMilliseconds(100), _time);

    [Fact]
    public async Task Projections_that_step_at_different_times_go_on_together()
    {
        var first = _rhythm.AfterAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(60));
        var second = _rhythm.AfterAsync(99);
        _time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(first.IsCompleted || second.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(first, second).WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task The_next_beat_is_an_interval_after_the_one_before_whenever_somebody_asks()
    {
        _time.Advance(TimeSpan.FromMilliseconds(1_030));
        var waiting = _rhythm.AfterAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(69));
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await waiting.WaitAsync(Patience.Limit);
    }

    [Fact]
    public void One_that_catches_up_goes_on_at_once() => Assert.True(_rhythm.AfterAsync(ProjectionRhythm.EnoughEvents).IsCompletedSuccessfully);

    [Fact]
    public void Without_an_interval_nobody_waits() => Assert.True(new ProjectionRhythm(TimeSpan.Zero, _time).AfterAsync(1).IsCompletedSuccessfully);
}
