using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What kind of answer a command without a key must get, by the rules for commands alone.</summary>
internal static class ExpectedReply
{
    /// <summary>The reply's type; null where it takes more than a rule of thumb to say.</summary>
    public static Type? To(JobCommand command, JobState state) => command switch
    {
        CreateJob when state.IsDeleted => typeof(JobGone),
        CreateJob c => state.Exists && (c.BodyHash is null || c.BodyHash != state.BodyHash) ? typeof(JobConflict) : typeof(JobAccepted),
        PutJob c => c.Precondition.HoldsFor(state) ? typeof(JobAccepted) : typeof(PreconditionFailed),
        GetJob => state.Exists ? typeof(JobFound) : typeof(JobNotFound),
        ReportAttempt or GiveUpAttempt => typeof(ReportAcknowledged),
        DeleteJob when state.Definition is null => typeof(JobNotFound),
        DeleteJob when state.IsDeleted => typeof(JobAccepted),
        DeleteJob c => c.Version is null || c.Version == state.Version ? typeof(JobAccepted) : typeof(PreconditionFailed),
        _ when !state.Exists => typeof(JobNotFound),
        UpdateJob c when !c.Precondition.HoldsFor(state) => typeof(PreconditionFailed),
        UpdateJob => state.IsCancelled ? typeof(JobConflict) : typeof(JobAccepted),
        PauseJob => state.IsCancelled || (!state.IsPaused && !state.HasWorkLeft) ? typeof(JobConflict) : typeof(JobAccepted),
        ResumeJob => state.IsCancelled ? typeof(JobConflict) : typeof(JobAccepted),
        CancelJob => typeof(JobAccepted),
        CancelRun c => IsHere(state, c.RunId) ? typeof(JobAccepted) : typeof(RunNotActive),
        TriggerJob => Trigger(state),
        _ => null,
    };

    private static bool IsHere(JobState state, RunId run) => state.FindActive(run) is not null || state.Requested.Any(r => r.RunId == run);

    private static Type? Trigger(JobState state)
    {
        if (state.IsCancelled || state.Requested.Count == JobState.MaxRequested)
            return typeof(JobConflict);
        return state.Definition!.Overlap switch
        {
            OverlapPolicy.Skip => state.Active.Count > 0 || state.Requested.Count > 0 ? typeof(JobConflict) : typeof(RunAccepted),
            OverlapPolicy.BufferOne when state.Active.Count > 0 => state.Requested.Count > 0 || state.Buffered is not null ? typeof(JobConflict) : typeof(RunAccepted),
            OverlapPolicy.BufferOne => null,
            _ => typeof(RunAccepted),
        };
    }
}
