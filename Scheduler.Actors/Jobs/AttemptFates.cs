using Akka.Actor;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// What one incarnation of a job knows of its active attempts: whether they still run. What it has started itself on its own node does,
/// until that says otherwise; all others are asked after.
/// </summary>
internal sealed class AttemptFates(JobEnvironment environment)
{
    /// <summary>
    /// How long fire times wait for a node's answer before its attempts are taken to run: longer than a cluster needs to find that a node is
    /// dead (about 25 s), so that no fire time is skipped because of a run that died with it.
    /// </summary>
    internal static readonly TimeSpan LimitForFireTimes = TimeSpan.FromSeconds(30);

    /// <summary>The same for commands: their clients give up after 10 s.</summary>
    internal static readonly TimeSpan LimitForCommands = TimeSpan.FromSeconds(5);

    /// <summary>How long another node's answer is good: its attempts may end with it at any time.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(RunId Run, int Number), long> _knownToRun = [];
    private readonly Dictionary<(RunId Run, int Number), long> _asked = [];

    /// <summary>The attempt was handed to this node.</summary>
    public void Started(RunId run, int number) => _knownToRun[(run, number)] = environment.Clock.GetTimestamp();

    /// <summary>The attempt's node says that it runs there.</summary>
    public void Runs(RunId run, int number)
    {
        _asked.Remove((run, number));
        _knownToRun[(run, number)] = environment.Clock.GetTimestamp();
    }

    /// <summary>Whether it is unknown of some active attempt if it still runs, and an answer may still come within <paramref name="limit"/>.</summary>
    public bool AreInDoubt(JobState job, TimeSpan limit)
    {
        foreach (var run in job.Active)
        {
            if (run.Node is not null && !IsKnown(run) && !(_asked.TryGetValue((run.RunId, run.Attempt), out var since) && environment.Clock.GetElapsedTime(since) >= limit))
                return true;
        }

        return false;
    }

    /// <summary>Asks the nodes of attempts after them. One that has not answered yet is asked again: questions and answers may be lost.</summary>
    public void Ask(JobState job, IActorRef self)
    {
        Forget(job);
        foreach (var run in job.Active)
        {
            if (run.Node is not { } node || environment.Nodes.FindRuns(node) is not { } runs)
                continue;
            _asked.TryAdd((run.RunId, run.Attempt), environment.Clock.GetTimestamp());
            runs.Tell(new AskAttempt(job.Id, run.RunId, run.Attempt), self);
        }
    }

    /// <summary>The facts that attempts of nodes which are gone are lost, and what follows from that; empty when none is.</summary>
    public ValueList<JobEvent> Losses(JobState job, DateTimeOffset now)
    {
        var facts = new List<JobEvent>();
        foreach (var run in job.Active)
        {
            if (run.Node is not { } node || environment.Nodes.FindRuns(node) is not null)
                continue;
            // An attempt that is not due yet cannot have begun, but by a clock that has been set back since.
            var loss = run.DueAt > now && job.LastEventAt <= now ? AttemptLoss.NotBegun : AttemptLoss.Unknown;
            facts.AddRange(JobDecider.Decide(job.Apply(facts), new GiveUpAttempt(job.Id, run.RunId, run.Attempt, loss), now).Events);
        }

        return ValueList.From(facts);
    }

    private bool IsKnown(ActiveRun run) => _knownToRun.TryGetValue((run.RunId, run.Attempt), out var at)
        && (run.Node == environment.Nodes.Self || environment.Clock.GetElapsedTime(at) < Fresh);

    /// <summary>Lets go of attempts that have ended.</summary>
    private void Forget(JobState job)
    {
        foreach (var key in _knownToRun.Keys.Concat(_asked.Keys).ToList())
        {
            if (job.FindActive(key.Run) is { Node: not null } run && run.Attempt == key.Number)
                continue;
            _knownToRun.Remove(key);
            _asked.Remove(key);
        }
    }
}
