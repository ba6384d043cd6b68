using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Tests.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Which facts may be stored a little later.</summary>
public sealed class UnhurriedFactsSpecs
{
    [Theory]
    [MemberData(nameof(JobStateSpecs.EveryKind), MemberType = typeof(JobStateSpecs))]
    public void Only_those_that_nothing_waits_for(JobEvent fact) =>
        Assert.Equal(fact is RunCompleted or JobCompleted, UnhurriedFacts.Contains(fact));
}
