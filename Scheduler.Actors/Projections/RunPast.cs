using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>One run, folded from its job's events: what the views will show of it when they have them.</summary>
/// <param name="id">The run.</param>
public sealed class RunPast(RunId id)
{
    private int _generation;

    /// <summary>The run after the events so far; null when none was of it.</summary>
    public RunView? Run { get; private set; }

    /// <summary>Folds the next of the job's events in, of whichever run it is.</summary>
    /// <param name="version">The event's number.</param>
    /// <param name="fact">The event.</param>
    public void Apply(long version, JobEvent fact)
    {
        if (fact is JobCheckpointed checkpoint)
            Run ??= RunFold.Restored(id.JobId, checkpoint.State).FirstOrDefault(run => run.RunId == id);
        if (RunFold.RunOf(id.JobId, _generation, fact) == id)
            Run = RunFold.Apply(Run, id.JobId, id, version, fact);
        _generation = JobFold.GenerationAfter(fact) ?? _generation;
    }
}
