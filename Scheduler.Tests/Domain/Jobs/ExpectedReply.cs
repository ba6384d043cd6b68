using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What kind of answer a command without a key must get, by the rules for commands alone.</summary>
internal static class ExpectedReply
{
    /// <summary>The reply's type; null where it takes more than a rule of thumb to say.</summary>
    public static Type? To(JobCommand command, JobState state, DateTimeOffset at) => command switch
    {
        CreateJob when state.IsDeleted => typeof(JobGone),
        CreateJob c when state.Exists => c.BodyHash is null || c.BodyHash != state.BodyHash ? typeof(JobConflict) : typeof(JobAccepted),
        CreateJob c => NeverFires(c.Definition, state, at) ? typeof(DefinitionRefused) : typeof(JobAccepted),
        PutJob c when !c.Precondition.HoldsFor(state) => typeof(PreconditionFailed),
        PutJob c => NeverFires(c.Definition, state, at) ? typeof(DefinitionRefused) : typeof(JobAccepted),
        GetJob => state.Exists ? typeof(JobFound) : typeof(JobNotFound),
        ReportAttempt or GiveUpAttempt => typeof(ReportAcknowledged),
        CheckpointJob c => state.Version == c.Version ? typeof(JobAccepted) : typeof(JobConflict),
        DeleteJob when state.Version == 0 => typeof(JobNotFound),
        DeleteJob when state.IsDeleted => typeof(JobAccepted),
        DeleteJob c => c.Version is null || c.Version == state.Version ? typeof(JobAccepted) : typeof(JobConflict),
        _ when !state.Exists => typeof(JobNotFound),
        UpdateJob c when !c.Precondition.HoldsFor(state) => typeof(PreconditionFailed),
        UpdateJob when state.IsCancelled => typeof(JobConflict),
        UpdateJob c => NeverFires(c.Definition, state, at) ? typeof(DefinitionRefused) : typeof(JobAccepted),
        PauseJob => state.IsCancelled || (!state.IsPaused && !state.HasWorkLeft) ? typeof(JobConflict) : typeof(JobAccepted),
        ResumeJob => state.IsCancelled ? typeof(JobConflict) : typeof(JobAccepted),
        CancelJob => typeof(JobAccepted),
        CancelRun c => IsHere(state, c.RunId) ? typeof(JobAccepted) : typeof(RunNotActive),
        TriggerJob => Trigger(state),
        _ => null,
    };

    /// <summary>The runs of fire times that are kept and have not started.</summary>
    public static IEnumerable<RunId> WaitingRuns(JobState state) =>
        state.CatchUp.Concat(state.Buffered is { } buffered ? [buffered] : []).Select(t => RunId.Scheduled(state.Id, state.Generation, t));

    /// <summary>A schedule that begins, and never fires, makes no sense; one that goes on may have come to its end.</summary>
    private static bool NeverFires(JobDefinition definition, JobState state, DateTimeOffset at)
    {
        var before = state is { Exists: true, IsCancelled: false } ? state.Definition : null;
        var fireTimes = definition.Resolve(state.Id, before, at).FireTimes;
        return fireTimes != before?.FireTimes && fireTimes.First(at) is null;
    }

    private static bool IsHere(JobState state, RunId run) =>
        state.FindActive(run) is not null || state.Requested.Any(r => r.RunId == run) || WaitingRuns(state).Contains(run);

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
