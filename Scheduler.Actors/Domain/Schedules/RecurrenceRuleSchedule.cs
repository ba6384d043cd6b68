namespace Scheduler.Actors.Domain.Schedules;

/// <summary>Fires when a recurrence rule of RFC 5545 says so; <c>DAILY</c> and above.</summary>
/// <param name="Rule">The rule, without <c>RRULE:</c>.</param>
/// <param name="Anchor">The rule's <c>DTSTART</c>; null until it is resolved.</param>
/// <param name="TimeZone">An IANA time zone.</param>
/// <param name="Exclusions">Days of that time zone on which nothing fires.</param>
public sealed record RecurrenceRuleSchedule(string Rule, DateTimeOffset? Anchor, string TimeZone, ValueList<DateRange> Exclusions) : Schedule
{
    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after) => throw new NotSupportedException("Follows.");

    /// <inheritdoc />
    public override Schedule Resolve(Schedule? before, DateTimeOffset at) =>
        Anchor is not null ? this : this with { Anchor = (before as RecurrenceRuleSchedule)?.Anchor ?? at };
}
