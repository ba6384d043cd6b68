namespace Scheduler.Actors.Domain.Schedules;

/// <summary>One field of a cron expression: what its values are called, and how they are read. The first and the last value are inclusive.</summary>
/// <param name="Name">For messages.</param>
/// <param name="First">The smallest value.</param>
/// <param name="Last">The largest value that may be written; of weekdays 7, which is another 0.</param>
/// <param name="Names">Other names of the values, from <paramref name="First"/> on.</param>
internal sealed record CronField(string Name, int First, int Last, params string[] Names)
{
    public static readonly CronField Seconds = new("Seconds", 0, 59);
    public static readonly CronField Minutes = new("Minutes", 0, 59);
    public static readonly CronField Hours = new("Hours", 0, 23);
    public static readonly CronField DaysOfMonth = new("Days of month", 1, 31);
    public static readonly CronField Months = new("Months", 1, 12, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    public static readonly CronField DaysOfWeek = new("Days of week", 0, 7, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /// <summary>In the order of six fields.</summary>
    public static readonly CronField[] All = [Seconds, Minutes, Hours, DaysOfMonth, Months, DaysOfWeek];

    // The last of the distinct values: a week has one Sunday.
    private int Distinct => this == DaysOfWeek ? Last - 1 : Last;

    // Every month has 28 days, so a hashed day comes every month, as in Jenkins.
    private int LastHashed => this == DaysOfMonth ? 28 : Distinct;

    /// <summary>Reads a list of values, ranges and steps.</summary>
    /// <param name="text">In capitals.</param>
    /// <param name="hash">What <c>H</c> stands for.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public CronSet Read(string text, uint hash)
    {
        var set = new CronSet(0, IsInterval: false, []);
        foreach (var part in text.Split(','))
        {
            var next = ReadDay(part) is { } day ? new CronSet(0, IsInterval: false, [day]) : ReadPart(part, hash);
            set = new(set.Bits | next.Bits, set.IsInterval || next.IsInterval, [.. set.Days, .. next.Days]);
        }

        return set;
    }

    /// <summary>The bits of a field that is not there.</summary>
    public static ulong Only(int value) => 1UL << value;

    // What no set of numbers can say: days that depend on the month.
    private CronDay? ReadDay(string part) => this == DaysOfMonth ? ReadDayOfMonth(part) : this == DaysOfWeek ? ReadDayOfWeek(part) : null;

    private CronDay? ReadDayOfMonth(string part)
    {
        var isWeekday = part is [_, .., 'W'];
        var day = isWeekday ? part[..^1] : part;
        if (day.StartsWith('L'))
            return new(isWeekday ? CronDayKind.WeekdayNearLast : CronDayKind.Last, day == "L" ? 0 : day[1] == '-' ? Number(day[2..], 0, 30) : throw Wrong(part), 0);
        return isWeekday ? new(CronDayKind.WeekdayNear, Number(day, First, Last), 0) : null;
    }

    private CronDay? ReadDayOfWeek(string part)
    {
        if (part.IndexOf('#') is > 0 and var at)
            return new(CronDayKind.Nth, Value(part[..at]) % 7, Number(part[(at + 1)..], 1, 5));
        return part is [_, .., 'L'] ? new(CronDayKind.LastOfWeekday, Value(part[..^1]) % 7, 0) : null;
    }

    private CronSet ReadPart(string part, uint hash)
    {
        var slash = part.IndexOf('/');
        var (range, step) = slash < 0 ? (part, (int?)null) : (part[..slash], Number(part[(slash + 1)..], 1, Last));
        if (range.StartsWith('H'))
            return ReadHashed(range, step, hash);
        if (range is "*" or "?")
            return Interval(First, Last, step ?? 1);
        var dash = range.IndexOf('-');
        var first = Value(dash < 0 ? range : range[..dash]);
        if (dash >= 0)
            return Interval(first, Value(range[(dash + 1)..]), step ?? 1);
        return step is { } every ? Interval(first, Last, every) : new(Bit(first), IsInterval: false, []);
    }

    private CronSet ReadHashed(string range, int? step, uint hash)
    {
        var (first, last) = (First, LastHashed);
        if (range is ['H', '(', .. var inner, ')'] && inner.IndexOf('-') is > 0 and var dash)
            (first, last) = (Value(inner[..dash]), Value(inner[(dash + 1)..]));
        else if (range != "H")
            throw Wrong(range);
        var size = last - first + 1;
        if (size < 1 || step > size)
            throw new FormatException($"{Name}: {range} must name a range upwards, with a step that is not longer than it.");
        var of = Mixed(hash);
        return step is { } every
            ? Interval(first + (int)(of % (uint)every), last, every)
            : new(Bit(first + (int)(of % (uint)size)), IsInterval: false, []);
    }

    // A range that ends before it begins goes on from the field's beginning: FRI-MON.
    private CronSet Interval(int first, int last, int step)
    {
        // A week that begins on Sunday: 7-5 is 0-5.
        if (first > last && first > Distinct)
            first = First;
        var bits = 0UL;
        var end = first <= last ? last : last + Distinct - First + 1;
        for (var value = first; value <= end; value += step)
            bits |= Bit(first <= last || value <= Distinct ? value : value - (Distinct - First + 1));
        return new(bits, IsInterval: true, []);
    }

    private ulong Bit(int value) => 1UL << (value > Distinct ? First : value);

    private int Value(string text) => Array.IndexOf(Names, text) is >= 0 and var index ? First + index : Number(text, First, Last);

    private int Number(string text, int first, int last) =>
        text.Length is > 0 and < 4 && text.All(char.IsAsciiDigit) && int.Parse(text) is var number && number >= first && number <= last
            ? number
            : throw new FormatException($"{Name}: Value must be a number between {first} and {last} (all inclusive), and \"{text}\" is not.");

    private FormatException Wrong(string part) => new($"{Name}: \"{part}\" is not a value, a range or a step.");

    // Each field has a hash of its own, so that jobs which share a minute do not share the hour. These numbers are for ever: other ones would
    // move every job that has an H.
    private uint Mixed(uint hash)
    {
        var mixed = hash + (0x9E37_79B9U * (uint)(Array.IndexOf(All, this) + 1));
        mixed = (mixed ^ (mixed >> 16)) * 0x85EB_CA6BU;
        mixed = (mixed ^ (mixed >> 13)) * 0xC2B2_AE35U;
        return mixed ^ (mixed >> 16);
    }
}
