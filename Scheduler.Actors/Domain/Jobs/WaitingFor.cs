namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// What keeps a job from starting what is due, or will keep it when it is. A note on how things stand, never a fact: nothing of it is in the
/// journal. A closed hierarchy.
/// </summary>
public abstract record WaitingFor
{
    private protected WaitingFor()
    {
    }
}

/// <summary>A node that has the job's handler. Said before anything is due, so that a misspelled name is seen at once.</summary>
/// <param name="Handler">The handler that no node has.</param>
public sealed record WaitingForHandler(HandlerTarget Handler) : WaitingFor;

/// <summary>Room below a limit of its node: something is due and may not start yet.</summary>
/// <param name="Limit">The limit: <c>node</c>, a kind of target (<c>http</c>, <c>amqp</c>, <c>handler</c>), an origin (<c>https://example.org:443</c>), <c>handler:NAME</c>, <c>amqp:CONNECTION</c> or <c>key:CONCURRENCY_KEY</c>.</param>
/// <param name="Since">When the job began to wait.</param>
public sealed record WaitingForPermit(string Limit, DateTimeOffset Since) : WaitingFor;

/// <summary>The clock: it was ahead, and was set back to before what the job has done already, which is not done again.</summary>
/// <param name="Until">Until then by today's clock.</param>
public sealed record WaitingForClock(DateTimeOffset Until) : WaitingFor
{
    /// <summary>
    /// Whether a job waits for the clock: what it has resolved, or the beginning of its schedule where that is nothing yet, lies ahead. Null when it
    /// does not; a schedule that is changed begins anew, and waits for nothing.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The clock.</param>
    /// <param name="threshold">By how much clocks may differ.</param>
    public static WaitingForClock? Of(JobState job, DateTimeOffset now, TimeSpan threshold)
    {
        if (!job.Exists || job.IsCancelled || job.IsPaused || job.NextFireTime is null)
            return null;
        var done = job.Cursor ?? job.UpdatedAt;
        return done > Instant.After(now, threshold) ? new WaitingForClock(done) : null;
    }
}
