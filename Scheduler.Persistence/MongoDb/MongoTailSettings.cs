namespace Scheduler.Persistence.MongoDb;

/// <summary>How a node follows the journal.</summary>
internal sealed record MongoTailSettings
{
    /// <summary>The longest that a transaction of this program may take, from its begin to when its commit is sent.</summary>
    public static readonly TimeSpan Writing = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far below the head an event may appear, in orderings: ten seconds, of which writes and transactions take five at most, as they
    /// time out then. The upper half of an ordering is seconds.
    /// </summary>
    public const long Overlap = 10L << 32;

    /// <summary>
    /// After this time nothing is committed any more below an ordering that the server has given: the five seconds of
    /// <see cref="Writing"/>, one for a clock that is read in whole seconds, and one more.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(7);

    /// <summary>
    /// How far below the head is looked now and then, in orderings: seventy seconds. A server ends a transaction after sixty by itself, so that
    /// what a writer does that keeps to no time-out of ours (another program) is found too, later than the rest.
    /// </summary>
    public const long FarOverlap = 70L << 32;

    /// <summary>New events are looked for this often, and whenever the tail is woken.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The overlap is read again this often; less often, but every two seconds, where reading it takes long.</summary>
    public TimeSpan OverlapInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The far overlap is read again this often.</summary>
    public TimeSpan FarInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// However often it is woken, it reads no more often than this, and a third as often while there is much each time. The first wake after a
    /// pause is answered at once.
    /// </summary>
    public TimeSpan LeastInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>After a failure it is tried again at the latest so much later; no single answer is waited for longer.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At most so many events are read at a time.</summary>
    public int PageSize { get; init; } = 1_000;

    /// <summary>Whether a change stream, where the server has them, wakes the tail for what other nodes write.</summary>
    public bool UseChangeStream { get; init; } = true;
}
