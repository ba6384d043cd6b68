using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class JobHistoryProperties
{
    [SizedProperty(1_500, EndSize = 400)]
    public void Whatever_happens_every_occurrence_is_accounted_for_and_every_rule_holds(byte[] script) => JobHistory.Play(script, checkEvery: 16);

    [Fact, Trait(LongSpecs.Trait, LongSpecs.Long)]
    public void Ten_thousand_steps_leave_no_gap()
    {
        var script = new byte[20_000 + RandomDefinitions.Length];
        new Random(20260302).NextBytes(script);

        var (facts, report) = JobHistory.Play(script, checkEvery: 100);

        Assert.True(report.Clean);
        Assert.True(facts.Count > 4_000, $"A history of {facts.Count} facts says little.");
    }

    [Fact]
    public void Random_histories_come_by_everything_that_can_happen_so_far()
    {
        var random = new Random(20260301);
        var facts = new List<JobEvent>();
        var reports = new List<AuditReport>();
        for (var n = 0; n < 300; n++)
        {
            var script = new byte[200];
            random.NextBytes(script);
            var (told, report) = JobHistory.Play(script, checkEvery: 16);
            facts.AddRange(told);
            reports.Add(report);
        }

        var kinds = facts.Select(f => f.GetType().Name).ToHashSet(StringComparer.Ordinal);
        var all = typeof(JobEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(JobEvent))).Select(t => t.Name);
        Assert.Equal(all.Order(StringComparer.Ordinal), kinds.Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<SkipReason>(), facts.OfType<OccurrencesSkipped>().Select(s => s.Why).Distinct().Order());
        Assert.Equal(Enum.GetValues<AttemptKind>(), facts.OfType<AttemptStarted>().Select(s => s.Kind).Distinct().Order());
        Assert.Contains(facts.OfType<AttemptStarted>(), s => s.Number > 3);
        Assert.True(reports.Sum(f => f.Completed) > 0);
        Assert.True(reports.Sum(f => f.Discarded) > 0);
        Assert.True(reports.Sum(f => f.Cancelled) > 0);
        Assert.True(reports.Sum(f => f.Skipped) > 0);
    }
}
