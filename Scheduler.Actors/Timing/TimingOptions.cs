namespace Scheduler.Actors.Timing;

/// <summary>When jobs are woken: <c>Scheduler:Timing</c>.</summary>
public sealed record TimingOptions
{
    /// <summary>How long before its next start a job is woken, and from how far ahead it stays awake. Positive.</summary>
    public TimeSpan LookAhead { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many jobs a node has awake ahead of their start. At least 1.</summary>
    public int MaxAwake { get; init; } = 50_000;

    /// <summary>An occurrence that starts up to this late is on time.</summary>
    public TimeSpan MisfireThreshold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How far a node's clock may be off its database server's before nothing is started on it. Positive.</summary>
    public TimeSpan MaxClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long before its due time an attempt may be stored as started, so that the write costs no lateness. Covers one late tick of
    /// Akka's scheduler (two of its 25 ms), and a group commit that comes upon a checkpoint.
    /// </summary>
    public TimeSpan Lead { get; init; } = TimeSpan.FromMilliseconds(160);

    /// <summary>
    /// How much of <see cref="Lead"/> a permit is waited for at least, so that all jobs that are due at one instant have asked, and the permits go
    /// by priority. Covers one late tick of Akka's scheduler.
    /// </summary>
    public TimeSpan Gathering { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>How often each slice looks at all rows that should be awake: what makes a lost timer good.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A start within this time is near: two sweeps.</summary>
    internal TimeSpan Near => SweepInterval * 2;
}
