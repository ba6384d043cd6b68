using System.Numerics;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What a field of a cron expression asks for.</summary>
/// <param name="Bits">The values.</param>
/// <param name="IsInterval">Whether it holds a <c>*</c>, a <c>?</c>, a range or a step.</param>
/// <param name="Days">The days that depend on the month.</param>
internal sealed record CronSet(ulong Bits, bool IsInterval, CronDay[] Days)
{
    /// <summary>The first value that is not before <paramref name="from"/>; -1 when there is none.</summary>
    public int From(int from) => from > 63 || (Bits >> from) is not (not 0 and var rest) ? -1 : from + BitOperations.TrailingZeroCount(rest);

    /// <summary>The last value that is not after <paramref name="until"/>; -1 when there is none.</summary>
    public int Until(int until) => until < 0 ? -1 : 63 - BitOperations.LeadingZeroCount(Bits & ((2UL << until) - 1));

    public bool Has(int value) => (Bits >> value & 1) != 0;
}
