using System.Buffers.Binary;
using System.Text;
using NodaTime;
using NodaTime.TimeZones;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A time zone as the operating system's file has it: RFC 9636 (TZif), version 2 and later. Offsets and when they change, exactly; names are not kept.</summary>
internal sealed class TzifZone : DateTimeZone
{
    private const int HeaderLength = 44;
    private const int LastYear = 9999;

    /// <summary>Beyond what instants here can be: older compilers of the database write one at the beginning of time.</summary>
    private static readonly long s_earliest = (DateTime.MinValue.Ticks / TimeSpan.TicksPerSecond) - SecondsToEpoch;

    private static readonly long s_latest = (DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond) - SecondsToEpoch;

    private readonly long[] _changes;
    private readonly int[] _offsets;
    private readonly PosixZoneRule? _rule;

    private TzifZone(string id, long[] changes, int[] offsets, PosixZoneRule? rule)
        : base(id, isFixed: false, Bound(offsets, rule, least: true), Bound(offsets, rule, least: false)) =>
        (_changes, _offsets, _rule) = (changes, offsets, rule);

    private static long SecondsToEpoch => DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>Whether that is the beginning of such a file.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith("TZif"u8);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is none that can be read.</exception>
    public static TzifZone Read(string id, ReadOnlySpan<byte> file)
    {
        try
        {
            var first = new Header(file);
            if (first.Version < '2')
                throw new FormatException("it is of version 1, which ends in 2037");
            var rest = file[(HeaderLength + first.BodyLength(bytesOfTime: 4))..];
            var header = new Header(rest);
            if (header.Leaps > 0)
                throw new FormatException("it counts leap seconds");
            return Read(id, header, rest[HeaderLength..]);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new FormatException("it ends too early", e);
        }
    }

    /// <inheritdoc />
    public override ZoneInterval GetZoneInterval(NodaTime.Instant instant)
    {
        var at = instant.ToUnixTimeTicks() is var ticks && ticks >= 0 ? ticks / NodaConstants.TicksPerSecond : (ticks - NodaConstants.TicksPerSecond + 1) / NodaConstants.TicksPerSecond;
        var index = Array.BinarySearch(_changes, at);
        index = index >= 0 ? index : ~index - 1;
        // The first offset is the one of before the first change.
        long? start = index >= 0 ? _changes[index] : null;
        long? end = index + 1 < _changes.Length ? _changes[index + 1] : null;
        var offset = _offsets[index + 1];
        if (end is null && _rule is not null)
            (start, end, offset) = ByRule(_rule, at, start, offset);
        return new ZoneInterval("", ToInstant(start), ToInstant(end), Offset.FromSeconds(offset), Offset.Zero);
    }

    private static NodaTime.Instant? ToInstant(long? seconds) => seconds is { } at ? NodaTime.Instant.FromUnixTimeSeconds(at) : null;

    /// <summary>After the last change that is listed, the rule's changes follow.</summary>
    private static (long? Start, long? End, int Offset) ByRule(PosixZoneRule rule, long at, long? listed, int offset)
    {
        var year = (int)Math.Clamp(1970 + (at / 31_556_952), 1, LastYear);
        (long? start, long? end) = (listed, null);
        for (var y = Math.Max(year - 2, 1); y <= Math.Min(year + 2, LastYear) && end is null; y++)
        {
            foreach (var change in rule.ChangesOf(y))
            {
                if (change.At <= listed || change.Offset == offset || change.At > s_latest)
                    continue;
                if (change.At > at)
                {
                    end = change.At;
                    break;
                }

                (start, offset) = (change.At, change.Offset);
            }
        }

        return (start, end, offset);
    }

    private static TzifZone Read(string id, Header header, ReadOnlySpan<byte> body)
    {
        var kinds = body[(header.Times * 8)..];
        var types = kinds[header.Times..];
        var changes = new List<long>();
        var offsets = new List<int> { OffsetOf(types, 0) };
        for (var i = 0; i < header.Times; i++)
        {
            var (at, offset) = (BinaryPrimitives.ReadInt64BigEndian(body[(i * 8)..]), OffsetOf(types[..(header.Types * 6)], kinds[i]));
            if (at < s_earliest)
            {
                offsets[^1] = offset;
                continue;
            }

            // Names and what is called summer time may change without the clocks.
            if (offset == offsets[^1])
                continue;
            if (changes.Count > 0 && at <= changes[^1])
                throw new FormatException("its changes are not in order");
            changes.Add(at);
            offsets.Add(offset);
        }

        var footer = body[header.BodyLength(bytesOfTime: 8)..];
        if (footer.IsEmpty || footer[0] != '\n' || footer[1..].IndexOf((byte)'\n') is var length && length < 0)
            throw new FormatException("it has no rule for the time after its last change");
        var rule = length == 0 ? null : PosixZoneRule.Parse(Encoding.ASCII.GetString(footer.Slice(1, length)));
        return new TzifZone(id, [.. changes], [.. offsets], rule);
    }

    /// <summary>Of a type: its offset in four bytes, whether it is summer time, and where its name is.</summary>
    private static int OffsetOf(ReadOnlySpan<byte> types, int index) => BinaryPrimitives.ReadInt32BigEndian(types[(index * 6)..]);

    private static Offset Bound(int[] offsets, PosixZoneRule? rule, bool least)
    {
        int[] all = rule is null ? offsets : [.. offsets, rule.Standard, rule.Summer];
        return Offset.FromSeconds(least ? all.Min() : all.Max());
    }

    /// <summary>What a part of the file begins with.</summary>
    private readonly ref struct Header
    {
        private readonly ReadOnlySpan<byte> _bytes;

        public Header(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes[..HeaderLength];
            if (!IsOne(bytes))
                throw new FormatException("it is no TZif file");
        }

        public char Version => (char)_bytes[4];

        public int Leaps => Count(2);

        public int Times => Count(3);

        public int Types => Count(4);

        public int BodyLength(int bytesOfTime) =>
            (Times * bytesOfTime) + Times + (Types * 6) + Count(5) + (Leaps * (bytesOfTime + 4)) + Count(1) + Count(0);

        private int Count(int index) => BinaryPrimitives.ReadInt32BigEndian(_bytes[(20 + (index * 4))..]) is >= 0 and < 1_000_000 and var count
            ? count
            : throw new FormatException("it has a count that cannot be");
    }
}
