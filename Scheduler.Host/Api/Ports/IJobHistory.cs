using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Ports;

/// <summary>A fact of a job's journal, to be shown.</summary>
/// <param name="Version">The journal's sequence number.</param>
/// <param name="At">When it happened.</param>
/// <param name="Type">Which fact, in the design's words: <c>AttemptStarted</c>.</param>
/// <param name="Data">The fact's members, a JSON object.</param>
internal sealed record JobFact(long Version, DateTimeOffset At, string Type, JsonText Data);

/// <summary>A fact of a job's journal, to be folded.</summary>
/// <param name="Version">The journal's sequence number.</param>
/// <param name="Fact">The fact.</param>
internal sealed record StoredEvent(long Version, JobEvent Fact);

/// <summary>Reads jobs' journals.</summary>
internal interface IJobHistory
{
    /// <summary>A job's facts, oldest first; none when there never was such a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="after">Only facts with a greater version.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="take">
    /// Takes one while the journal is read; false when it does not: then no other follows. It may still be called when the caller has given up.
    /// </param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether more may follow those that were taken.</returns>
    /// <exception cref="TimeoutException">The journal did not answer in time.</exception>
    Task<bool> ReadAsync(JobId id, long after, int limit, Predicate<JobFact> take, CancellationToken cancellationToken);

    /// <summary>The same facts, to be folded.</summary>
    /// <param name="id">The job.</param>
    /// <param name="after">Only facts with a greater version.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TimeoutException">The journal did not answer in time.</exception>
    Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(JobId id, long after, int limit, CancellationToken cancellationToken);
}
