using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Folding any facts in any order, as later versions of the decider may write them: a reader judges nothing.</summary>
public sealed class JobStateProperties
{
    [SizedProperty(500, EndSize = 200)]
    public void Any_facts_fold_to_the_same_state_from_the_start_and_from_any_state_between(byte[] script, byte cut)
    {
        var facts = Facts(script);
        var from = facts.Count == 0 ? 0 : cut % facts.Count;

        var whole = JobState.Empty(Story.Id).Apply(facts);
        var resumed = JobState.Empty(Story.Id).Apply(facts.Take(from)).Apply(facts.Skip(from));

        Assert.Equal(whole, resumed);
        Assert.Equal(whole, facts.Aggregate(JobState.Empty(Story.Id), (state, fact) => state.Apply(fact)));
        Assert.Equal(facts.Count, whole.Version);
        Assert.Equal(facts.Count(f => f is JobCreated or JobUpdated or JobPaused or JobResumed or JobCancelled), whole.Revision);
        Assert.Equal(facts.LastOrDefault()?.At ?? default, whole.LastEventAt);
        Assert.InRange(whole.Keys.Count, 0, JobState.KeysKept);
        Assert.Equal(whole.Keys.Count, whole.Keys.DistinctBy(k => k.Key).Count());
        Assert.Equal(whole.Active.Count, whole.Active.DistinctBy(r => r.RunId).Count());
    }

    private static List<JobEvent> Facts(byte[] script)
    {
        var facts = new List<JobEvent>();
        var at = Story.Start;
        for (var i = 0; i + 1 < script.Length; i += 2)
        {
            at = at.AddMilliseconds(script[i + 1]);
            facts.Add(Fact(script[i], script[i + 1], facts.Count + 1, at) with { Key = script[i] % 3 == 0 ? $"k{script[i + 1] % 50}" : null });
        }

        return facts;
    }

    private static JobEvent Fact(byte what, byte how, long version, DateTimeOffset at)
    {
        var run = RunId.Requested(Story.Id, 1, how % 4);
        var later = at.AddSeconds(how);
        return (what % 16) switch
        {
            0 => new JobCreated { At = at, Definition = Story.Definition, Generation = how },
            1 => new JobScheduled { At = at, Cursor = at, NextFireTime = later, NextDueAt = later, Buffered = how % 2 == 0 ? at : null, CatchUp = how % 3 == 0 ? [at, later] : [] },
            2 => new JobUpdated { At = at, Definition = Story.Definition with { Schedule = new OneOffSchedule(later) }, Generation = how % 3 },
            3 => new JobPaused { At = at, Reason = $"{how}" },
            4 => new JobResumed { At = at },
            5 => new JobCancelled { At = at },
            6 => new JobCompleted { At = at },
            7 => new JobDeleted { At = at },
            8 => new RunRequested { At = at, RunId = RunId.Requested(Story.Id, 1, version) },
            9 => new AttemptStarted { At = at, RunId = run, Number = how, Kind = (AttemptKind)(how % 5), FireTime = at, DueAt = later, Node = Story.Node },
            10 => new AttemptFailed { At = at, RunId = run, Number = how, Kind = FailureKind.TimedOut, Error = "It broke.", Retryable = true, RetryAt = later },
            11 => new AttemptLost { At = at, RunId = run, Number = how, Loss = (AttemptLoss)(how % 2), RetryAt = later },
            12 => new RunCompleted { At = at, RunId = run, Number = how, Timing = new AttemptTiming(at, TimeSpan.Zero, TimeSpan.Zero) },
            13 => new RunDiscarded { At = at, RunId = run },
            14 => new RunCancelled { At = at, RunId = run },
            _ => new OccurrencesSkipped { At = at, From = at, To = later, Count = how, Why = (SkipReason)(how % 8) },
        };
    }
}
