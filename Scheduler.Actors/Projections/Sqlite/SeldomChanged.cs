using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The columns of a job that most of its runs leave as they are, so that their index is not written for each.</summary>
internal sealed record SeldomChanged(int Hidden, int Lane, string Name, string? Target, string? Host, string? ConcurrencyKey, string? LastOutcome)
{
    public static SeldomChanged Of(JobState state) => new(
        state.Exists ? 0 : 1,
        (int)Lanes.Of(state.Status),
        state.Definition?.Name ?? "",
        state.Definition is { } definition ? Words.TargetKinds.Of(TargetFacets.KindOf(definition.Target)) : null,
        state.Definition is { } called ? TargetFacets.HostOf(called.Target) : null,
        state.Definition?.ConcurrencyKey,
        state.LastOutcome is { } outcome ? Words.RunOutcomes.Of(outcome) : null);
}
