using System.Runtime.InteropServices;
using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The instants at which a recurrence rule fires in a time zone, before exclusions.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RecurrenceLine(RecurrenceRule rule, DateTimeZone zone, long anchor)
{
    // A local time that the clocks leave out becomes a later one, at most so much.
    private const long Slack = 2 * ZoneSpan.Day;

    private readonly long _anchor = anchor + ZoneSpan.At(zone, anchor).Offset;

    /// <summary>The distinct fire times that are not before <paramref name="from"/>, in order.</summary>
    public IEnumerable<long> From(long from)
    {
        var (zoneOf, end) = (zone, rule.End(_anchor));
        return Ordered(zoneOf, end, rule.From(_anchor, LocalOf(from) - Slack)).Where(at => at >= from);
    }

    /// <summary>Whether the rule, without regard to clock changes, asks for that local time.</summary>
    public bool Asks(long local)
    {
        var end = rule.End(_anchor);
        return local <= end.Local && rule.From(_anchor, local).TakeWhile(at => at <= local).Contains(local);
    }

    private long LocalOf(long instant) => instant + ZoneSpan.At(zone, instant).Offset;

    private static IEnumerable<long> Ordered(DateTimeZone zone, RecurrenceEnd end, IEnumerable<long> locals)
    {
        // What is left out moves past what comes after the gap, so it waits until its turn has come.
        var moved = new Queue<long>();
        var last = -1L;
        foreach (var local in locals)
        {
            var at = ZoneSpan.Of(zone, local, out var leftOut);
            if (local > end.Local || at > end.Instant || at > ZoneSpan.Last)
                break;
            if (leftOut)
            {
                moved.Enqueue(at);
                continue;
            }

            while (moved.TryPeek(out var earlier) && earlier <= at)
            {
                if (moved.Dequeue() > last)
                    yield return last = earlier;
            }

            if (at > last)
                yield return last = at;
        }

        while (moved.TryDequeue(out var rest))
        {
            if (rest > last)
                yield return last = rest;
        }
    }
}
