using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>How far a projection has folded one job, kept in memory so that the next event needs no query.</summary>
internal sealed class JobFold(ProjectedJob row)
{
    /// <summary>The state of the row that the fold began with, or a newer one: may be ahead of the projection.</summary>
    public JobState State { get; private set; } = row.State;

    /// <summary>The version up to which the job's events are handled.</summary>
    public long Projected { get; private set; } = row.Projected;

    /// <summary>The job's <c>g</c> at that version.</summary>
    public int Generation { get; private set; } = row.Generation;

    /// <summary>Rows of runs that have not ended.</summary>
    public Dictionary<RunId, RunView> Open { get; } = [];

    public ProjectedJob Row => new(State, Projected, Generation);

    public static JobFold Empty(JobId id) => new(new ProjectedJob(JobState.Empty(id), 0, 0));

    /// <summary>The job's <c>g</c> after an event; null when it is as before.</summary>
    public static int? GenerationAfter(JobEvent fact) => fact switch
    {
        JobCreated e => e.Generation,
        JobUpdated e => e.Generation,
        JobCheckpointed e => e.State.Generation,
        _ => null,
    };

    /// <summary>Folds the next event in.</summary>
    public void Apply(long version, JobEvent fact)
    {
        if (version > State.Version)
            State = At(version - 1).Apply(fact);
        Generation = GenerationAfter(fact) ?? Generation;
        Projected = version;
    }

    /// <summary>Passes an event over: what it says is missing from the state, and nothing else.</summary>
    public void Pass(long version)
    {
        if (version > State.Version)
            State = At(version);
        Projected = version;
    }

    private JobState At(long version) => State.Version == version ? State : State with { Version = version };
}
