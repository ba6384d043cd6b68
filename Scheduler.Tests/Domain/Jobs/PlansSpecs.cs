using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>
/// Where a range of occurrences ends, to the millisecond. Fire times every ten seconds, each due up to ten seconds later: what decides is when one is
/// due. Compared with a look at each of them.
/// </summary>
public sealed class PlansSpecs
{
    private const int Last = 60;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly JobState _state = new Timeline(Timeline.Every10 with { Jitter = TimeSpan.FromSeconds(10) }).State;

    [Fact]
    public void An_occurrence_is_the_last_that_is_due_from_its_due_time_until_the_next_ones()
    {
        for (var n = 2; n <= Last; n++)
        {
            Assert.Equal(FireTime(n), Plans.LastDue(_state, Due(n)));
            Assert.Equal(FireTime(n - 1), Plans.LastDue(_state, Due(n) - Tick));
        }
    }

    [Fact]
    public void An_occurrence_is_the_first_from_an_instant_until_its_due_time_has_passed()
    {
        for (var n = 1; n < Last; n++)
        {
            Assert.Equal(FireTime(n), Plans.FirstDueFrom(_state, FireTime(Last), Due(n)));
            Assert.Equal(FireTime(n + 1), Plans.FirstDueFrom(_state, FireTime(Last), Due(n) + Tick));
            Assert.Equal(FireTime(n), Plans.FirstDueFrom(_state, FireTime(n), Due(n)));
            Assert.Null(Plans.FirstDueFrom(_state, FireTime(n), Due(n) + Tick));
        }
    }

    private static DateTimeOffset FireTime(int n) => Timeline.After(n * 10);

    private DateTimeOffset Due(int n) => Plans.DueAt(_state, FireTime(n));
}
