using System.Globalization;
using Scheduler.Actors.Domain;
using Xunit;

namespace Scheduler.Tests.Domain;

public sealed class InstantSpecs
{
    [Theory]
    [InlineData("2026-03-01T09:00:00.0000000Z", "2026-03-01T09:00:00.000Z", "2026-03-01T09:00:00.000Z")]
    [InlineData("2026-03-01T09:00:00.0000001Z", "2026-03-01T09:00:00.000Z", "2026-03-01T09:00:00.001Z")]
    [InlineData("2026-03-01T09:00:00.0009999Z", "2026-03-01T09:00:00.000Z", "2026-03-01T09:00:00.001Z")]
    [InlineData("2026-03-01T09:00:00.0010000Z", "2026-03-01T09:00:00.001Z", "2026-03-01T09:00:00.001Z")]
    [InlineData("2026-12-31T23:59:59.9999999Z", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z")]
    [InlineData("1969-12-31T23:59:59.9995000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00.0000000Z", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z")]
    public void What_has_happened_is_rounded_down_and_fire_times_are_rounded_up(string instant, string floor, string ceiling)
    {
        Assert.Equal(At(floor), Instant.Floor(At(instant)));
        Assert.Equal(At(ceiling), Instant.Ceiling(At(instant)));
    }

    [Fact]
    public void Rounding_makes_an_instant_UTC()
    {
        var berlin = At("2026-03-01T10:00:00.0001+01:00");

        Assert.Equal(TimeSpan.Zero, Instant.Floor(berlin).Offset);
        Assert.Equal(TimeSpan.Zero, Instant.Ceiling(berlin).Offset);
        Assert.Equal(At("2026-03-01T09:00:00.001Z"), Instant.Ceiling(berlin));
    }

    [Fact]
    public void There_is_no_millisecond_after_the_last_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Instant.Ceiling(DateTimeOffset.MaxValue));
        Assert.Equal(DateTimeOffset.MaxValue.AddTicks(-9_999), Instant.Floor(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_wait_ends_on_a_whole_millisecond_and_at_the_end_of_time_at_the_latest()
    {
        var start = At("2026-03-01T09:00:00Z");
        var last = At("9999-12-31T23:59:59.999Z");

        Assert.Equal(start, Instant.After(start, TimeSpan.Zero));
        Assert.Equal(start.AddMilliseconds(1), Instant.After(start, TimeSpan.FromTicks(1)));
        Assert.Equal(start.AddSeconds(10), Instant.After(start, TimeSpan.FromSeconds(10)));
        Assert.Equal(last, Instant.After(start, last - start));
        Assert.Equal(last, Instant.After(start, last - start - TimeSpan.FromTicks(1)));
        Assert.Equal(last, Instant.After(start, TimeSpan.MaxValue));
        Assert.Equal(last, Instant.After(last, TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Null_means_never_so_the_earlier_of_it_and_an_instant_is_the_instant()
    {
        var (early, late) = (At("2026-03-01T09:00:00Z"), At("2026-03-01T09:00:01Z"));

        Assert.Equal(early, Instant.Min(early, late));
        Assert.Equal(early, Instant.Min(late, early));
        Assert.Equal(early, Instant.Min(null, early));
        Assert.Equal(early, Instant.Min(early, null));
        Assert.Null(Instant.Min(null, null));
        Assert.Equal(late, Instant.Max(early, late));
        Assert.Equal(late, Instant.Max(late, early));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
