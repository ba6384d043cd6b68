using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// A job's identity: <c>[A-Za-z0-9_-][A-Za-z0-9._:@+=,-]{0,127}</c>, case-sensitive (ADR 0016). <c>/</c> and <c>~</c> are reserved for namespaces and
/// run ids. Checked before any routing, so that nothing past the API ever sees another id.
/// </summary>
public readonly record struct JobId
{
    /// <summary>How many shards job ids are dealt to. A constant for ever: see ADR 0002.</summary>
    public const int Shards = 256;

    /// <summary>How many slices projections and dispatch are cut into. A constant for ever: see ADR 0002.</summary>
    public const int Slices = 32;

    /// <summary>The longest id, in characters (all of them ASCII).</summary>
    public const int MaxLength = 128;

    /// <summary>What an id must look like, for error messages.</summary>
    public const string Pattern = "[A-Za-z0-9_-][A-Za-z0-9._:@+=,-]{0,127}";

    private const string PersistencePrefix = "job-";

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@+=,-");

    private readonly string? _value;

    private JobId(string value) => _value = value;

    /// <summary>The id's text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This job id was never given a value.");

    /// <summary>The id that the job's events are stored under.</summary>
    public string PersistenceId => PersistencePrefix + Value;

    /// <summary>
    /// The shard, <c>XxHash32(UTF-8) % 256</c> on the unsigned hash. Akka's own extractor takes <c>Math.Abs</c> of a signed one, and
    /// the id <c>b6d8a57e7</c> hashes to <see cref="int.MinValue"/>, which throws inside the region and stops unrelated jobs.
    /// </summary>
    public int Shard => (int)(Hash % Shards);

    /// <summary>The slice: <c>shard % 32</c>, so that all of a shard's jobs are in one slice.</summary>
    public int Slice => Shard % Slices;

    /// <summary>A hash of the id, the same on every node and for ever: its place follows from it, and what <c>H</c> is in its cron rule.</summary>
    public uint Hash
    {
        get
        {
            Span<byte> utf8 = stackalloc byte[MaxLength];
            return XxHash32.HashToUInt32(utf8[..Encoding.UTF8.GetBytes(Value, utf8)]);
        }
    }

    /// <summary>The tag of a slice's events in the journal.</summary>
    public static string SliceTag(int slice) => $"slice-{slice}";

    /// <summary>Reads an id; false when the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !IsFirst(text[0]) || text.AsSpan(1).ContainsAnyExcept(Characters))
            return false;
        id = new JobId(text);
        return true;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is not an id.</exception>
    public static JobId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a job id: it must match {Pattern}.");

    /// <summary>The job whose events are stored under <paramref name="persistenceId"/>; false when it is not a job's.</summary>
    public static bool TryFromPersistenceId(string persistenceId, out JobId id)
    {
        id = default;
        return persistenceId.StartsWith(PersistencePrefix, StringComparison.Ordinal)
            && TryParse(persistenceId[PersistencePrefix.Length..], out id);
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? "";

    private static bool IsFirst(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
