using System.Globalization;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The rule at the end of a TZif file (RFC 9636, section 3.3.1): how the clocks change after the last change that the file lists, for ever. POSIX's TZ, with
/// hours from -167 to 167.
/// </summary>
internal sealed class PosixZoneRule
{
    private const int Hour = 3600;
    private const int Day = 24 * Hour;
    private const int MostHours = 167;

    private readonly Change? _begin;
    private readonly Change? _end;

    private PosixZoneRule(ref Reader reader)
    {
        reader.Name();
        Standard = -reader.Time(MostHours);
        Summer = Standard;
        if (reader.AtEnd)
            return;
        reader.Name();
        Summer = reader.Peek() is ',' ? Standard + Hour : -reader.Time(MostHours);
        reader.Take(',');
        _begin = new Change(ref reader);
        reader.Take(',');
        _end = new Change(ref reader);
        if (!reader.AtEnd)
            throw reader.Wrong();
    }

    /// <summary>Local time minus UTC in seconds, where summer time is not kept.</summary>
    public int Standard { get; }

    /// <summary>The same where it is.</summary>
    public int Summer { get; }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PosixZoneRule Parse(string text)
    {
        var reader = new Reader(text);
        return new PosixZoneRule(ref reader);
    }

    /// <summary>The changes of a year, by the local time of the year, in order; none where the rule knows of none.</summary>
    /// <returns>Seconds since 1970 in UTC, and the offset from then on.</returns>
    public (long At, int Offset)[] ChangesOf(int year)
    {
        if (_begin is null || _end is null)
            return [];
        (long At, int Offset) begin = (_begin.In(year) - Standard, Summer);
        (long At, int Offset) end = (_end.In(year) - Summer, Standard);
        return begin.At < end.At ? [begin, end] : [end, begin];
    }

    /// <summary>A day of the year, and a time of that day.</summary>
    private sealed class Change
    {
        private readonly char _form;
        private readonly int _month;
        private readonly int _week;
        private readonly int _day;
        private readonly int _time = 2 * Hour;

        public Change(ref Reader reader)
        {
            _form = reader.Peek();
            if (_form is 'M')
            {
                reader.Take('M');
                _month = reader.Number(1, 12);
                reader.Take('.');
                _week = reader.Number(1, 5);
                reader.Take('.');
                _day = reader.Number(0, 6);
            }
            else if (_form is 'J')
            {
                reader.Take('J');
                _day = reader.Number(1, 365);
            }
            else
            {
                _day = reader.Number(0, 365);
            }

            if (reader.Peek() is not '/')
                return;
            reader.Take('/');
            _time = reader.Time(MostHours);
        }

        /// <summary>Seconds since 1970 of the local time.</summary>
        public long In(int year) => (FirstOf(year, 1) * Day) + (DayOf(year) * (long)Day) + _time;

        private static long FirstOf(int year, int month) => (new DateTime(year, month, 1).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;

        /// <summary>Days since the year began.</summary>
        private int DayOf(int year)
        {
            if (_form is 'J')
                return _day - 1 + (DateTime.IsLeapYear(year) && _day >= 60 ? 1 : 0);
            if (_form is not 'M')
                return _day;
            var first = new DateTime(year, _month, 1);
            var day = ((_day - (int)first.DayOfWeek + 7) % 7) + ((_week - 1) * 7);
            if (day >= DateTime.DaysInMonth(year, _month))
                day -= 7;
            return first.DayOfYear - 1 + day;
        }
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public readonly bool AtEnd => _at == text.Length;

        public readonly char Peek() => AtEnd ? '\0' : text[_at];

        public readonly FormatException Wrong() => new($"'{text}' is no rule of a time zone.");

        public void Take(char expected)
        {
            if (Peek() != expected)
                throw Wrong();
            _at++;
        }

        /// <summary>Three letters or more, or anything in brackets.</summary>
        public void Name()
        {
            var start = _at;
            if (Peek() is '<')
            {
                while (Peek() is not '>' and not '\0')
                    _at++;
                Take('>');
                return;
            }

            while (char.IsAsciiLetter(Peek()))
                _at++;
            if (_at - start < 3)
                throw Wrong();
        }

        public int Number(int least, int most)
        {
            var start = _at;
            while (char.IsAsciiDigit(Peek()) && _at - start < 3)
                _at++;
            return int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw Wrong();
        }

        /// <summary>Hours, and minutes and seconds if they are there, in seconds.</summary>
        public int Time(int mostHours)
        {
            var sign = Peek() is '-' ? -1 : 1;
            if (Peek() is '-' or '+')
                _at++;
            var seconds = Number(0, mostHours) * Hour;
            for (var unit = 60; unit >= 1 && Peek() is ':'; unit /= 60)
            {
                _at++;
                seconds += Number(0, 59) * unit;
            }

            return sign * seconds;
        }
    }
}
