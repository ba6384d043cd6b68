using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Definitions decoded from bytes: zero means what is simplest, so that a history shrinks to a simple job.</summary>
internal static class RandomDefinitions
{
    /// <summary>How many bytes a definition takes.</summary>
    public const int Length = 5;

    /// <summary>The most that any of these definitions catches up with.</summary>
    public const int MostCatchUp = 100;

    private const string Berlin = "Europe/Berlin";

    private static readonly OverlapPolicy[] Overlaps = Enum.GetValues<OverlapPolicy>();

    private static readonly MisfirePolicy[] Misfires =
    [
        MisfirePolicy.Default,
        new(MisfireKind.Skip),
        new(MisfireKind.FireAll, Limit: 3),
        new(MisfireKind.FireAll, TimeSpan.FromSeconds(30), MostCatchUp),
        new(MisfireKind.FireAll, TimeSpan.FromHours(1), 2),
    ];

    private static readonly long?[] MaxRuns = [null, null, null, 1, 2, 5];

    private static readonly TimeSpan[] Jitters = [TimeSpan.Zero, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)];

    private static readonly int?[] Failures = [null, 1, 2];

    /// <summary>A whole definition, unresolved, that one byte stands for.</summary>
    public static JobDefinition Of(byte all, DateTimeOffset start) => Of([all, (byte)(all * 3), (byte)(all * 5), (byte)(all * 7), (byte)(all * 11)], start);

    /// <summary>A whole definition, unresolved.</summary>
    /// <param name="bytes">What to choose.</param>
    /// <param name="start">What its instants are near to.</param>
    public static JobDefinition Of(byte[] bytes, DateTimeOffset start)
    {
        var definition = Scheduled(Story.Definition, At(0), start);
        definition = definition with { Retry = Retry(At(1)), Misfire = Misfires[At(2) % Misfires.Length] };
        definition = definition with { Overlap = Overlaps[At(3) % Overlaps.Length], Jitter = Jitters[At(3) / 4 % Jitters.Length] };
        return definition with { MaxRuns = MaxRuns[At(4) % MaxRuns.Length], PauseAfterFailures = Failures[At(4) / 6 % Failures.Length] };

        byte At(int index) => bytes.ElementAtOrDefault(index);
    }

    /// <summary>The definition with one thing changed, or none.</summary>
    public static JobDefinition Changed(JobDefinition definition, byte how, DateTimeOffset start) => (how % 10) switch
    {
        0 => definition with { Overlap = Overlaps[how / 10 % Overlaps.Length] },
        1 => definition with { Misfire = Misfires[how / 10 % Misfires.Length] },
        2 or 3 => definition with { MaxRuns = MaxRuns[how / 10 % MaxRuns.Length] },
        4 => definition with { Jitter = Jitters[how / 10 % Jitters.Length] },
        5 => definition with { Retry = Retry((byte)(how * 7)) },
        6 => definition with { PauseAfterFailures = Failures[how / 10 % Failures.Length] },
        7 => Scheduled(definition, (byte)(how / 10), start),
        8 => definition with { EndAt = how % 3 == 0 ? null : start.AddMinutes(how) },
        _ => definition,
    };

    private static JobDefinition Scheduled(JobDefinition definition, byte how, DateTimeOffset start) => (how % 17) switch
    {
        0 => definition with { Schedule = new OneOffSchedule(start.AddMinutes(1)) },
        1 => definition with { Schedule = Every(10), StartAt = null, EndAt = null },
        2 => definition with { Schedule = Every(60) },
        3 => definition with { Schedule = Every(1), StartAt = null, EndAt = null },
        4 => definition with { Schedule = Every(7), EndAt = start.AddSeconds(40) },
        5 => definition with { Schedule = Every(60), StartAt = start.AddMinutes(3), EndAt = start.AddMinutes(9) },
        6 => definition with { Schedule = Every(3_600), StartAt = start.AddDays(-1), EndAt = null },
        7 => definition with { Schedule = Every(86_400), EndAt = start.AddDays(5) },
        8 => definition with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(20), start.AddDays(1).AddMilliseconds(1)) },
        9 => definition with { Schedule = new OneOffSchedule(start.AddDays(-1)) },
        10 => definition with { Schedule = new OneOffSchedule(start.AddDays(300)), EndAt = null },
        11 => definition with { Schedule = new DelaySchedule(TimeSpan.FromSeconds(90)) },
        12 => definition with { Schedule = Cron("*/15 * * * * *"), EndAt = null },
        13 => definition with { Schedule = Cron("30 2,9 * * *"), StartAt = null, EndAt = null },
        14 => definition with { Schedule = new IntervalSchedule(TimeSpan.FromHours(7), Anchor: null, Berlin, [Days(2, 4), Days(30, 33)]), EndAt = null },
        15 => definition with { Schedule = new RecurrenceRuleSchedule("FREQ=DAILY;COUNT=5", Anchor: null, Berlin, [Days(3, 3)]), StartAt = null, EndAt = null },
        _ => definition with { Schedule = new OneOffSchedule(start), StartAt = null },
    };

    private static CronSchedule Cron(string rule) => new(rule, Berlin, DstGap.Shift, DstOverlap.Both, [Days(1, 1)]);

    /// <summary>Days counted from the start of the story on; the clocks of Berlin change on the 28th.</summary>
    private static DateRange Days(int first, int last) => new(new DateOnly(2026, 3, 1).AddDays(first), new DateOnly(2026, 3, 1).AddDays(last));

    private static IntervalSchedule Every(int seconds) => new(TimeSpan.FromSeconds(seconds));

    private static RetryPolicy Retry(byte how)
    {
        var policy = new RetryPolicy(1 + (how % 4), TimeSpan.FromMilliseconds((how / 4 % 3) * 5_000));
        return how < 128 ? policy : policy with { Backoff = Backoff.Exponential, Factor = 1 + (how % 3), Max = TimeSpan.FromSeconds(25) };
    }
}
