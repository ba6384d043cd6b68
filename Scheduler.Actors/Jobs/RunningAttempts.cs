using Akka.Actor;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Jobs;

/// <summary>Starts and stops a job's attempts as its facts say, wherever they run.</summary>
internal sealed class RunningAttempts(JobEnvironment environment, IActorRef self)
{
    /// <summary>Has this node begin an attempt that is stored as started.</summary>
    /// <param name="started">The fact.</param>
    /// <param name="permit">The permit that goes with it.</param>
    /// <param name="before">The job before the write that the fact is of.</param>
    /// <param name="after">The job after it.</param>
    public void Start(AttemptStarted started, long permit, JobState before, JobState after)
    {
        var attempt = new Attempt(after.Id, started.RunId, started.Number, started.FireTime, started.DueAt, after.Definition!) { Trace = after.FindActive(started.RunId)?.Trace };
        environment.Runs.Tell(new StartAttempt(permit, attempt) { Replaces = Ended(before, after) }, self);
    }

    /// <summary>Tells the nodes of attempts whose run is over now, though they did not say so.</summary>
    public void StopEnded(JobState before, JobState after)
    {
        foreach (var run in before.Active)
        {
            if (run.Node is { } node && after.FindActive(run.RunId) is null)
                environment.Nodes.FindRuns(node)?.Tell(new StopAttempt(after.Id, run.RunId, run.Attempt), self);
        }
    }

    /// <summary>Passes on the question how far a run is.</summary>
    public void AskForProgress(JobState job, AskProgress ask, IActorRef asker)
    {
        if (job.FindActive(ask.RunId) is { Node: { } node } run && environment.Nodes.FindRuns(node) is { } runs)
            runs.Tell(ask with { Number = run.Attempt }, asker);
        else
            asker.Tell(new ProgressAnswer(job.Id, ask.RunId, Progress: null), self);
    }

    /// <summary>The attempts that ran before, and of which the run is over now.</summary>
    private ValueList<ReplacedAttempt> Ended(JobState before, JobState after) => ValueList.From(before.Active
        .Where(run => run.Node is not null && after.FindActive(run.RunId) is null)
        .Select(run => new ReplacedAttempt(run.RunId, run.Attempt, run.Node == environment.Nodes.Self)));
}
