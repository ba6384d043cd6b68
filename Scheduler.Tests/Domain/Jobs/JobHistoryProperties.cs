using FsCheck.Xunit;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class JobHistoryProperties
{
    [Property(MaxTest = 1_500, EndSize = 400)]
    public void Whatever_happens_every_occurrence_is_accounted_for_and_every_rule_holds(byte[] script) => JobHistory.Play(script);

    [Fact]
    public void Random_histories_come_by_everything_that_can_happen_so_far()
    {
        var random = new Random(20260301);
        var facts = new List<JobEvent>();
        var findings = new List<AuditFindings>();
        for (var n = 0; n < 300; n++)
        {
            var script = new byte[200];
            random.NextBytes(script);
            var (_, told, found) = JobHistory.Play(script);
            facts.AddRange(told);
            findings.Add(found);
        }

        var kinds = facts.Select(f => f.GetType().Name).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(
            [
                nameof(AttemptFailed), nameof(AttemptLost), nameof(AttemptStarted), nameof(JobCancelled), nameof(JobCompleted), nameof(JobCreated),
                nameof(JobDeleted), nameof(JobPaused), nameof(JobResumed), nameof(JobScheduled), nameof(OccurrencesSkipped), nameof(RunCancelled),
                nameof(RunCompleted), nameof(RunDiscarded), nameof(RunRequested),
            ],
            kinds.Order(StringComparer.Ordinal));
        Assert.Equal(3, facts.OfType<OccurrencesSkipped>().Select(s => s.Why).Distinct().Count());
        Assert.Equal(3, facts.OfType<AttemptStarted>().Select(s => s.Kind).Distinct().Count());
        Assert.Contains(facts.OfType<AttemptStarted>(), s => s.Number > 4);
        Assert.True(findings.Sum(f => f.Completed) > 0);
        Assert.True(findings.Sum(f => f.Discarded) > 0);
        Assert.True(findings.Sum(f => f.Cancelled) > 0);
        Assert.True(findings.Sum(f => f.Skipped) > 0);
    }
}
