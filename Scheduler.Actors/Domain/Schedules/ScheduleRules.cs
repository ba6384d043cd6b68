namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What a schedule may be made of. Each check gives a sentence that says what is wrong and what is allowed, or null.</summary>
public static class ScheduleRules
{
    /// <summary>Checks a cron expression.</summary>
    public static string? CheckCron(string expression) => CronRule.Check(expression);

    /// <summary>Checks the name of a time zone: one of the tz database, as it is spelled there.</summary>
    public static string? CheckTimeZone(string id)
    {
        if (TimeZones.Find(id) is not null)
            return null;
        var hint = TimeZones.Suggest(id) is { } meant ? $" Did you mean \"{meant}\"?" : string.Empty;
        return $"\"{id}\" is not a time zone: it must be a name of the IANA time zone database, such as Europe/Berlin or UTC, spelled as there.{hint}";
    }

    /// <summary>Checks a recurrence rule, written without <c>RRULE:</c>.</summary>
    public static string? CheckRecurrenceRule(string rule) => RecurrenceRule.Check(rule);
}
