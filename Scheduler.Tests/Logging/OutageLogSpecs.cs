using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Logging;
using Xunit;

namespace Scheduler.Tests.Logging;

public sealed class OutageLogSpecs
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutageLog _log;

    public OutageLogSpecs() => _log = new OutageLog(_time);

    [Fact]
    public void The_first_of_a_kind_is_said_and_the_next_when_some_time_has_gone_with_how_many_were_left_out()
    {
        Assert.True(_log.Says("stored", out var leftOut));
        Assert.Equal("", leftOut);
        _time.Advance(OutageLog.Interval - TimeSpan.FromTicks(1));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.False(_log.Says("stored", out var _)));
        Assert.True(_log.Says("recovered", out _));

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_log.Says("stored", out leftOut));
        Assert.Equal(" (3 more like it were left out)", leftOut);
        _time.Advance(OutageLog.Interval);
        Assert.True(_log.Says("stored", out leftOut));
        Assert.Equal("", leftOut);
    }
}
