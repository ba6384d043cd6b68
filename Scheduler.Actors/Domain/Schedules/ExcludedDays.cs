using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>Days on which nothing fires: ranges in order, where those that touch or overlap have become one.</summary>
internal sealed class ExcludedDays
{
    private static readonly Memo<ValueList<DateRange>, ExcludedDays> Known = new(list => new ExcludedDays(list), capacity: 1_024);
    private static readonly ExcludedDays None = new([]);

    // Day numbers; a range's last day is inside.
    private readonly List<(int First, int Last)> _ranges = [];

    private ExcludedDays(ValueList<DateRange> list)
    {
        foreach (var range in list.OrderBy(r => r.First))
        {
            if (_ranges.Count > 0 && range.First.DayNumber <= _ranges[^1].Last + 1)
                _ranges[^1] = (_ranges[^1].First, Math.Max(_ranges[^1].Last, range.Last.DayNumber));
            else
                _ranges.Add((range.First.DayNumber, range.Last.DayNumber));
        }
    }

    public static ExcludedDays Of(ValueList<DateRange> list) => list.Count == 0 ? None : Known[list];

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The first instant that is not before <paramref name="instant"/> and lies on no excluded day.</summary>
    public long Past(DateTimeZone zone, long instant)
    {
        if (IsEmpty)
            return instant;
        var at = instant;
        while (at <= ZoneSpan.Last)
        {
            var span = ZoneSpan.At(zone, at);
            if (RangeOf(at + span.Offset) is not { } range)
                return at;
            var midnight = (range.Last + 1L) * ZoneSpan.Day;
            if (midnight < span.LocalEnd)
                return midnight - span.Offset;
            // Well inside a long range no clock change leads out of it, so the spans there need not be looked at one by one.
            at = IsWellInside(range, at) ? Math.Max(span.End, midnight - (3 * ZoneSpan.Day)) : span.End;
        }

        return at;
    }

    /// <summary>The last instant that is not after <paramref name="instant"/> and lies on no excluded day.</summary>
    public long Before(DateTimeZone zone, long instant)
    {
        if (IsEmpty)
            return instant;
        var at = instant;
        while (at >= 0)
        {
            var span = ZoneSpan.At(zone, at);
            if (RangeOf(at + span.Offset) is not { } range)
                return at;
            var midnight = range.First * ZoneSpan.Day;
            if (midnight > span.LocalStart)
                return midnight - span.Offset - 1;
            at = IsWellInside(range, at) ? Math.Min(span.Start - 1, midnight + (3 * ZoneSpan.Day)) : span.Start - 1;
        }

        return at;
    }

    /// <summary>The stretches of instants between two, the later one outside, that lie on excluded days.</summary>
    public IEnumerable<(long From, long To)> Between(DateTimeZone zone, long from, long to)
    {
        foreach (var (first, last) in _ranges)
        {
            var (localFrom, localTo) = (first * ZoneSpan.Day, (last + 1L) * ZoneSpan.Day);
            if (localTo + ZoneSpan.Day <= from)
                continue;
            if (localFrom - ZoneSpan.Day >= to)
                yield break;
            // Where clocks go back at midnight a day is not one stretch, hence span by span.
            var at = Math.Max(from, localFrom - ZoneSpan.Day);
            while (at < to && at < localTo + ZoneSpan.Day)
            {
                // From a day after its beginning to a day before its end a range has no holes.
                var end = Math.Min(to, localTo - ZoneSpan.Day);
                if (at >= localFrom + ZoneSpan.Day && at < end)
                {
                    yield return (at, end);
                    at = end;
                    continue;
                }

                var span = ZoneSpan.At(zone, at);
                var start = Math.Max(at, localFrom - span.Offset);
                end = Math.Min(Math.Min(span.End, to), localTo - span.Offset);
                if (start < end)
                    yield return (start, end);
                at = span.End;
            }
        }
    }

    private (int First, int Last)? RangeOf(long local)
    {
        var day = (int)Math.Clamp(local / ZoneSpan.Day, 0, DateOnly.MaxValue.DayNumber);
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Last < day)
                low = middle + 1;
            else if (_ranges[middle].First > day)
                high = middle - 1;
            else
                return _ranges[middle];
        }

        return null;
    }

    private static bool IsWellInside((int First, int Last) range, long at) =>
        at > (range.First + 3) * ZoneSpan.Day && at < (range.Last - 3) * ZoneSpan.Day;
}
