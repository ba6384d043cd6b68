using Scheduler.Actors.Jobs;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Ids of jobs that their clients left open.</summary>
public sealed class NewJobIdsSpecs
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_is_of_a_slice_that_is_here()
    {
        var ids = new NewJobIds { IsHere = static id => id.Slice % 3 == 1 };

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(1, ids.Make(s_now).Slice % 3));
    }

    [Fact]
    public void A_node_that_has_no_slices_makes_one_all_the_same()
    {
        var asked = 0;
        var ids = new NewJobIds { IsHere = _ => asked++ < 0 };

        Assert.NotEqual(ids.Make(s_now), ids.Make(s_now));
        Assert.InRange(asked, 2, 200);
    }
}
