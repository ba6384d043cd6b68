using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// The facts that a job may store some milliseconds later than it could: nothing is started, answered or handed on when they are there but the next run,
/// and that of a job which is due only later. A crash before they are stored is one in the middle of the attempt.
/// </summary>
public static class UnhurriedFacts
{
    /// <summary>Whether this is one: how a run went well, and what follows from it for the job.</summary>
    public static bool Contains(object fact) => fact is RunCompleted or JobCompleted;
}
