using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>From the domain's job to the API's.</summary>
internal static class JobMapping
{
    /// <summary>What a client is told of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="waitingFor">What it waits for; null for nothing, and where that does not matter, as in the past.</param>
    public static JobAnswer ToAnswer(JobState job, WaitingFor? waitingFor) =>
        job.Definition is null ? throw new InvalidOperationException($"Job '{job.Id}' was never created.") : new JobAnswer(job, ToAnswer(waitingFor));

    private static WaitingForAnswer? ToAnswer(WaitingFor? waitingFor) => waitingFor switch
    {
        null => null,
        WaitingForHandler w => new WaitingForAnswer { Handler = w.Handler.NameAndVersion },
        WaitingForPermit w => new WaitingForAnswer { Permit = w.Limit, Since = w.Since },
        WaitingForClock w => new WaitingForAnswer { Clock = w.Until },
        _ => throw new InvalidOperationException($"No answer for {waitingFor.GetType().Name}."),
    };
}
