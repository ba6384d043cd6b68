using Akka.Actor;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Jobs;

/// <summary>One incarnation's permit to start an attempt: asked for of its node's limiter, held, and given back or handed to a worker.</summary>
internal sealed class JobPermit(JobEnvironment environment, JobId job, IActorRef self)
{
    /// <summary>How long a job waits for its permit before it says so.</summary>
    internal static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    private Stage _stage;
    private RunClaim? _claim;
    private DateTimeOffset _askedAt;

    private enum Stage
    {
        None,
        Requested,
        Held,
    }

    /// <summary>The number of the last request: what the limiter knows the permit by.</summary>
    public long Request { get; private set; }

    /// <summary>Whether an attempt may start.</summary>
    public bool IsHeld => _stage is Stage.Held;

    /// <summary>Asks for one, if none is asked for or held that does as well.</summary>
    public void RequestFor(JobDefinition definition, DateTimeOffset dueAt, bool replaces)
    {
        // One that was edited while it waits goes by other limits, or needs another handler; one whose other run has ended replaces nothing.
        var claim = RunClaim.Of(definition, dueAt) with { Replaces = replaces };
        // So does one of which something is due sooner than what it asked for.
        if (_stage is Stage.Requested && _claim is { } claimed && (claim.DueAt < claimed.DueAt || claim with { DueAt = claimed.DueAt } != claimed))
            GiveBack();
        if (_stage is not Stage.None)
            return;
        _stage = Stage.Requested;
        _claim = claim;
        _askedAt = environment.Clock.GetUtcNow();
        environment.Runs.Tell(new RequestPermit(++Request, claim), self);
    }

    /// <summary>Takes what was granted.</summary>
    /// <returns>False for one that was asked for by nobody who is still there: nobody else would give it back.</returns>
    public bool Take(PermitGranted granted)
    {
        if (granted.Request != Request || _stage is not Stage.Requested)
        {
            environment.Runs.Tell(new ReleasePermit(granted.Request), self);
            return false;
        }

        _stage = Stage.Held;
        return true;
    }

    /// <summary>It is a worker's from now on.</summary>
    public void HandOver() => _stage = Stage.None;

    /// <summary>Gives it back, if there is one.</summary>
    public void GiveBack()
    {
        if (_stage is Stage.None)
            return;
        _stage = Stage.None;
        environment.Runs.Tell(new ReleasePermit(Request), self);
    }

    /// <summary>Tells what the job waits for. Only whoever has waited for a while says so: most wait for milliseconds, and a wait begins when it makes something late.</summary>
    public void TellWait(IActorRef asker)
    {
        if (_stage is Stage.Requested && _claim is { } claim)
        {
            var since = claim.DueAt > _askedAt ? claim.DueAt : _askedAt;
            if (environment.Clock.GetUtcNow() - since >= LeastWait)
            {
                environment.Runs.Tell(new AskLimit(job, new PermitRequest(self, Request), Instant.Floor(since)), asker);
                return;
            }
        }

        asker.Tell(new PermitWaitAnswer(job, Wait: null), self);
    }
}
