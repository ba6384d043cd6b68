using Cronos;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What makes a rule that a client wrote one that can be kept. Each check gives what is wrong, to go after the field's name; null for nothing.</summary>
public static class ScheduleRules
{
    /// <summary>A cron expression.</summary>
    public static string? CheckCron(string expression)
    {
        try
        {
            _ = CronExpression.Parse(expression, expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
            return null;
        }
        catch (CronFormatException e)
        {
            return $"is not a cron expression: {e.Message}";
        }
    }

    /// <summary>A time zone.</summary>
    public static string? CheckTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) ? null : "is not an IANA time zone, like Europe/Berlin";

    /// <summary>A recurrence rule.</summary>
    public static string? CheckRecurrenceRule(string rule) => rule.StartsWith("FREQ=", StringComparison.Ordinal) ? null : "is not a recurrence rule, like FREQ=MONTHLY;BYDAY=-1FR";
}
