using System.Runtime.InteropServices;
using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The instants at which a cron rule fires in a time zone, before exclusions. Span by span: inside one, local times are instants; where two
/// meet, the policies say what a local time in the gap or in the overlap is worth. So the instants come in order by themselves, also
/// where 02:00 and 02:30 both come twice, and fire times that shift to the same instant are one.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CronLine
{
    private readonly CronRule _rule;
    private readonly DateTimeZone _zone;
    private readonly DstGap _gap;
    private readonly DstOverlap _overlap;

    /// <summary>A rule that follows elapsed time fires at every instant whose local time matches, whatever the policies are.</summary>
    public CronLine(CronRule rule, DateTimeZone zone, DstGap gap, DstOverlap overlap)
    {
        _rule = rule;
        _zone = zone;
        _gap = rule.FollowsElapsedTime ? DstGap.Skip : gap;
        _overlap = rule.FollowsElapsedTime ? DstOverlap.Both : overlap;
    }

    /// <summary>The first fire time that is not before <paramref name="from"/>.</summary>
    public long? Next(long from)
    {
        while (from <= ZoneSpan.Last)
        {
            var span = ZoneSpan.At(_zone, from);
            if (FirstIn(span, from) is { } found)
                return found <= ZoneSpan.Last ? found : null;
            // No local time is more than a day away from its instant. So whatever follows is at most a day before the next match.
            if (!span.HasEnd || _rule.Next(span.LocalEnd - ZoneSpan.Day) is not { } local)
                return null;
            from = Math.Max(span.End, local - ZoneSpan.Day);
        }

        return null;
    }

    /// <summary>The last fire time that is not after <paramref name="until"/>.</summary>
    public long? Previous(long until)
    {
        while (until >= 0)
        {
            var span = ZoneSpan.At(_zone, until);
            if (LastIn(span, until) is { } found)
                return found >= 0 ? found : null;
            if (!span.HasStart || _rule.Previous(span.LocalStart + ZoneSpan.Day) is not { } local)
                return null;
            until = Math.Min(span.Start - 1, local + ZoneSpan.Day);
        }

        return null;
    }

    /// <summary>The first local time that the rule asks for in the gap at the beginning of a span; null when there is none, or no gap.</summary>
    public long? LeftOutBefore(ZoneSpan span) =>
        span.HasStart && span.Start >= 0 && span.Before(_zone) is var before && before.Offset < span.Offset
        && _rule.Next(before.LocalEnd) is { } local && local < span.LocalStart
            ? local
            : null;

    private long? FirstIn(ZoneSpan span, long from)
    {
        if (ShiftsTo(span, from, ZoneSpan.Last))
            return span.Start;
        var local = Math.Max(Math.Max(from, span.Start) + span.Offset, Opening(span));
        return _rule.Next(local) is { } match && match < Closing(span, match) ? match - span.Offset : null;
    }

    private long? LastIn(ZoneSpan span, long until)
    {
        var local = Math.Min(until, span.End - 1) + span.Offset;
        var match = _rule.Previous(Math.Min(local, Closing(span, local) - 1));
        return match >= Math.Max(span.LocalStart, Opening(span)) ? match - span.Offset
            : ShiftsTo(span, 0, until) ? span.Start
            : null;
    }

    private bool ShiftsTo(ZoneSpan span, long from, long until) =>
        _gap == DstGap.Shift && span.Start >= from && span.Start <= until && LeftOutBefore(span) is not null;

    // Where the first time counts, a span begins with what was not there before it.
    private long Opening(ZoneSpan span) =>
        _overlap == DstOverlap.First && span.HasStart ? span.Before(_zone).LocalEnd : long.MinValue;

    // Where the last time counts, it ends with what will not come again. Only its last day can come again.
    private long Closing(ZoneSpan span, long local) =>
        _overlap == DstOverlap.Last && span.HasEnd && local >= span.LocalEnd - ZoneSpan.Day
            ? Math.Min(span.LocalEnd, span.After(_zone).LocalStart)
            : span.LocalEnd;
}
