using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Auditing;

/// <summary>What must not be, and the sentence that names it.</summary>
public sealed class JobAuditGapSpecs
{
    private static readonly Dictionary<string, (Func<Journal> Facts, string Gap)> Cases = new(StringComparer.Ordinal)
    {
        ["a fire time that is passed over"] = (() => Journal.Of().Fires(1, 2).Completes(1).Fires(3, 4), "2026-03-01T09:02:00.000Z was neither run nor skipped"),
        ["fire times that are passed over"] = (() => Journal.Of().Fires(1, 2).Completes(1).Fires(9, 10), "2026-03-01T09:02:00.000Z to 2026-03-01T09:08:00.000Z were neither run nor skipped"),
        ["a plan without its fire"] = (() => Journal.Of().At(1).Plans(1, 2), "has its cursor at 2026-03-01T09:01:00.000Z, and nothing was resolved last"),
        ["a fire without its plan"] = (() => Journal.Of().At(1).Starts(1), "The last plan is not what follows from the facts"),
        ["a plan that leaves a fire time out"] = (() => Journal.Of().Fires(1, 3), "plans 2026-03-01T09:03:00.000Z, and 2026-03-01T09:02:00.000Z is next"),
        ["a plan that ends too soon"] = (() => Journal.Of().Fires(1, null), "plans nothing, and 2026-03-01T09:02:00.000Z is next"),
        ["a plan that is due too late"] = (() => new Journal().Creates().Tells(new JobScheduled { At = Journal.T(0), NextFireTime = Journal.T(1), NextDueAt = Journal.T(2) }), "has 2026-03-01T09:01:00.000Z due at 2026-03-01T09:02:00.000Z instead of 2026-03-01T09:01:00.000Z"),
        ["no plan"] = (() => new Journal().Creates(), "The last plan is not what follows"),
        ["a cursor that goes back"] = (() => Journal.Of().Fires(1, 2).Completes(1).Fires(2, 3).Completes(2).Plans(1, 3), "has its cursor at 2026-03-01T09:01:00.000Z, and 2026-03-01T09:02:00.000Z was resolved last"),
        ["a skip of what ran"] = (() => Journal.Of().Fires(1, 2).Skips(1, 1, 1, SkipReason.Overlap), "accounted for twice"),
        ["a run of what was skipped"] = (() => Journal.Of().At(2).Skips(1, 1, 1, SkipReason.Misfire).Starts(2).Plans(2, 3).At(3).Completes(2).Starts(1).Plans(2, 3), "starts 2026-03-01T09:01:00.000Z, which is accounted for already"),
        ["two skips of the same"] = (() => Journal.Of().At(3).Skips(1, 2, 2, SkipReason.Misfire).Skips(2, 3, 2, SkipReason.Misfire).Plans(3, 4), "2026-03-01T09:02:00.000Z is accounted for twice"),
        ["a hole between two skips"] = (() => Journal.Of().At(4).Skips(1, 2, 2, SkipReason.Misfire).Skips(4, 4, 1, SkipReason.Misfire).Plans(4, 5), "2026-03-01T09:03:00.000Z was neither run nor skipped"),
        ["a skip of what is no fire time"] = (() => Journal.Of().At(2).Skips(1, 1.5, 1, SkipReason.Misfire).Plans(1.5, 2), "are not fire times of the schedule"),
        ["a run of what is no fire time"] = (() => Journal.Of().At(1.5).Skips(1, 1, 1, SkipReason.Misfire).Starts(1.5).Plans(1.5, 2), "are not fire times of the schedule"),
        ["a run from before the creation"] = (() => Journal.Of().At(0.5).Starts(0).Plans(0, 1), "are not fire times of the schedule"),
        ["a skip of what has not come"] = (() => Journal.Of().At(1).Skips(1, 2, 2, SkipReason.Misfire).Plans(2, 3), "skips 2026-03-01T09:02:00.000Z, which had not come"),
        ["a skip with a wrong count"] = (() => Journal.Of().At(3).Skips(1, 3, 2, SkipReason.Misfire).Plans(3, 4), "says that it covers 2, and 2026-03-01T09:01:00.000Z to 2026-03-01T09:03:00.000Z are"),
        ["a skip that runs backwards"] = (() => Journal.Of().At(3).Skips(3, 1, 3, SkipReason.Misfire), "covers nothing"),
        ["a skip as paused of a job that runs on"] = (() => Journal.Of().At(1).Skips(1, 1, 1, SkipReason.Paused).Plans(1, 2).At(2).Starts(2).Plans(2, 3), "comes after a skip as Paused, and is not the reason for it"),
        ["a skip as cancelled, and no cancel"] = (() => Journal.Of().At(1).Skips(1, 1, 1, SkipReason.Cancelled).Plans(1, 2), "The facts end after a skip as Cancelled"),
        ["a skip as overlap beside nothing"] = (() => Journal.Of().At(1).Skips(1, 1, 1, SkipReason.Overlap).Plans(1, 2), "no run is active that it overlaps"),
        ["a misfire that is to be caught up with"] = (() => Journal.Of(FireAll).At(1).Skips(1, 1, 1, SkipReason.Misfire).Plans(1, 2), "skips as misfires what is to be caught up with"),
        ["a skip of what lies in the window"] = (() => Journal.Of(FireAll).At(4).Skips(1, 1, 1, SkipReason.Window).Plans(1, 2), "as older than a window that it lies in"),
        ["a misfire in front of a pause"] = (() => Journal.Of().At(1).Pauses(), "2026-03-01T09:01:00.000Z was neither run nor skipped"),
        ["a fire time that a resume passes over"] = (() => Journal.Of().Pauses().At(3).Skips(1, 2, 2, SkipReason.Paused).Resumes().Plans(2, 3), "2026-03-01T09:03:00.000Z was neither run nor skipped"),
        ["a fire time that a cancel passes over"] = (() => Journal.Of().At(1).CancelsJob(), "2026-03-01T09:01:00.000Z was neither run nor skipped"),
        ["a fire time that a delete passes over"] = (() => Journal.Of().At(1).Deletes(), "2026-03-01T09:01:00.000Z was neither run nor skipped"),
        ["a fire time that a schedule change passes over"] = (() => Journal.Of().At(1.5).Updates(Hourly, isSchedule: true).Plans(null, 60), "2026-03-01T09:01:00.000Z was neither run nor skipped"),
        ["a buffered fire time that is forgotten"] = (() => Journal.Of(BufferOne).Fires(1, 2).At(2).Plans(2, 3, 2).Plans(2, 3), "2026-03-01T09:02:00.000Z was neither run nor skipped"),
        ["a buffered fire time that is replaced"] = (() => Journal.Of(BufferOne).Fires(1, 2).At(2).Plans(2, 3, 2).At(3).Plans(3, 4, 3), "2026-03-01T09:02:00.000Z was neither run nor skipped"),
        ["a buffered fire time that a pause forgets"] = (() => Journal.Of(BufferOne).Fires(1, 2).At(2).Plans(2, 3, 2).At(2.5).Pauses().Plans(2, 3), "2026-03-01T09:02:00.000Z was neither run nor skipped"),
        ["a buffered start of what is not"] = (() => Journal.Of(BufferOne).Fires(1, 2).Completes(1).At(2).Starts(2, AttemptKind.Buffered).Plans(2, 3), "starts 2026-03-01T09:02:00.000Z as buffered, and nothing is"),
        ["a buffer that the policy has not"] = (() => Journal.Of().Fires(1, 2).At(2).Plans(2, 3, 2), "and the overlap policy does not"),
        ["a catch-up that the policy has not"] = (() => Journal.Of().At(3).Plans(3, 4, null, 1, 2, 3), "catches up, and the misfire policy does not"),
        ["a catch-up beyond its limit"] = (() => Journal.Of(FireAll).At(4).Plans(4, 5, null, 1, 2, 3, 4), "has 4 to catch up with, of at most 3"),
        ["a catch-up with a hole"] = (() => Journal.Of(FireAll).At(3).Plans(3, 4, null, 1, 3), "2026-03-01T09:02:00.000Z was neither run nor skipped"),
        ["a catch-up out of order"] = (() => Journal.Of(FireAll).At(3).Plans(3, 4, null, 1, 3, 2), "not ordered from the oldest on"),
        ["a catch-up that begins with the latest"] = (() => Journal.Of(FireAll).At(2).Plans(2, 3, null, 1, 2).Starts(2, AttemptKind.CatchUp).Plans(2, 3, null, 1), "starts 2026-03-01T09:02:00.000Z before 2026-03-01T09:01:00.000Z, which is older"),
        ["a catch-up beside an active run"] = (() => Journal.Of(d => FireAll(d) with { Overlap = OverlapPolicy.Allow }).At(2).Plans(2, 3, null, 1, 2).Starts(1, AttemptKind.CatchUp).Plans(2, 3, null, 2).Starts(2, AttemptKind.CatchUp).Plans(2, 3), "overlaps an active run"),
        ["a skip over what waits and what does not"] = (() => Journal.Of(FireAll).At(3).Plans(3, 4, null, 1, 2, 3).Starts(1, AttemptKind.CatchUp).Plans(3, 4, null, 2, 3).Skips(1, 3, 3, SkipReason.Limit).Plans(3, 4), "some of them are accounted for twice"),
        ["a run too many"] = (() => Journal.Of(Once).Fires(1, null).Completes(1).Ends().At(2).Starts(2).Plans(2, null), "of at most 1"),
        ["a plan beyond the last run"] = (() => Journal.Of(Once).Fires(1, 2), "plans 2026-03-01T09:02:00.000Z, and nothing is next"),
        ["max_runs that is raised over what came meanwhile"] = (() => Journal.Of(Once).Fires(1, null).Completes(1).Ends().At(3.5).Updates(d => d with { MaxRuns = 2 }).Plans(1, 2), "2026-03-01T09:02:00.000Z was neither run nor skipped when max_runs was raised"),
        ["more waiting than may still run"] = (() => Journal.Of(d => FireAll(d) with { MaxRuns = 2 }).At(3).Plans(3, 4, null, 1, 2, 3), "has 3 waiting after 0 runs of at most 2"),
        ["two runs at once"] = (() => Journal.Of().Fires(1, 2).Fires(2, 3), "overlaps an active run"),
        ["seventeen runs at once"] = (() => Enumerable.Range(1, 17).Aggregate(Journal.Of(d => d with { Overlap = OverlapPolicy.Allow }), (j, n) => j.Fires(n, n + 1)), "overlaps an active run"),
        ["a run beside the one that it should replace"] = (() => Journal.Of(d => d with { Overlap = OverlapPolicy.CancelRunning }).Fires(1, 2).Fires(2, 3), "overlaps an active run"),
        ["a request that should be refused"] = (() => Journal.Of().Fires(1, 2).Requests(), "comes while a run is active or requested"),
        ["a second request that waits"] = (() => Journal.Of(BufferOne).Fires(1, 2).Requests().Requests(), "comes while another waits for the active run"),
        ["a seventeenth request"] = (() => Enumerable.Range(1, 17).Aggregate(Journal.Of(d => d with { Overlap = OverlapPolicy.Allow }), (j, _) => j.Requests()), "is the 17th that waits of at most 16"),
        ["a request of another version"] = (() => Journal.Of().Tells(new RunRequested { At = Journal.T(0), RunId = RunId.Requested(Story.Id, 1, 7) }), "which is another request's"),
        ["a requested run that nobody requested"] = (() => Journal.Of().StartsRequest(3), "which nobody asked for"),
        ["a run that has another's id"] = (() => Journal.Of().At(1).Tells(new AttemptStarted { At = Journal.T(1), RunId = Journal.Run(2), Number = 1, Kind = AttemptKind.Scheduled, FireTime = Journal.T(1), DueAt = Journal.T(1), Node = Story.Node }).Plans(1, 2), "calls the run of 2026-03-01T09:01:00.000Z"),
        ["a run that is due too early"] = (() => Journal.Of().At(1).Starts(1, due: 0.5).Plans(1, 2), "is due at 2026-03-01T09:00:30.000Z, and 2026-03-01T09:01:00.000Z is due at"),
        ["a target that is called too early"] = (() => Journal.Of().Fires(1, 2).Completes(1, startedAt: 0.9), "says that the target was called at 2026-03-01T09:00:54.000Z, before"),
        ["an attempt number that is left out"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.25).At(1.25).Starts(1, AttemptKind.Retry, 3, 1.25), "has number 3 after 1"),
        ["a run that begins with its second attempt"] = (() => Journal.Of().At(1).Starts(1, number: 2).Plans(1, 2), "has number 2 after 0"),
        ["an attempt beside another"] = (() => Journal.Of().Fires(1, 2).Starts(1, AttemptKind.Retry, 2), "while an attempt of it runs"),
        ["a retry of what has ended"] = (() => Journal.Of().Fires(1, 2).Completes(1).Starts(1, AttemptKind.Retry, 2), "which is not active"),
        ["a retry that was promised for later"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.5).Starts(1, AttemptKind.Retry, 2, 1.2), "was promised for 2026-03-01T09:01:30.000Z"),
        ["a retry that was not promised"] = (() => Journal.Of().Fires(1, 2).Fails(1, null, retryable: false).Starts(1, AttemptKind.Retry, 2), "that was not promised"),
        ["an attempt too many"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.2).At(1.2).Starts(1, AttemptKind.Retry, 2, 1.2).Fails(1, 1.4, 2), "has a retry, against the policy"),
        ["an attempt too few"] = (() => Journal.Of().Fires(1, 2).Fails(1, null).Discards(1), "has no retry, against the policy"),
        ["a retry of what must not be retried"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.5, retryable: false), "has a retry, against the policy"),
        ["a retry before the delay is over"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.1), "promises a retry at 2026-03-01T09:01:06.000Z, before 2026-03-01T09:01:10.000Z"),
        ["a retry before the grown delay is over"] = (() => Journal.Of(Growing).Fires(1, 2).Fails(1, 1.25).At(1.25).Starts(1, AttemptKind.Retry, 2, 1.25).Fails(1, 1.5, 2), "promises a retry at 2026-03-01T09:01:30.000Z, before"),
        ["an attempt that never began, and comes no more"] = (() => Journal.Of().Fires(1, 2).Loses(1, AttemptLoss.NotBegun, null).Discards(1), "has no retry, against the policy"),
        ["an outcome of what does not run"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.5).Completes(1), "ends attempt 1 of nightly-report~1~20260301T090100000Z, which does not run"),
        ["an outcome of another attempt"] = (() => Journal.Of().Fires(1, 2).Completes(1, 2), "ends attempt 2 of nightly-report~1~20260301T090100000Z, which does not run"),
        ["a discarded run that may be tried again"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.5).Discards(1), "which may still be tried"),
        ["a run that neither ends nor is tried again"] = (() => Journal.Of().Fires(1, 2).Fails(1, null, retryable: false), "will not be tried again, and has not ended"),
        ["a cancelled run that is not there"] = (() => Journal.Of().CancelsRun(1), "which is neither active nor requested"),
        ["a cancelled job that runs on"] = (() => Journal.Of().Fires(1, 2).CancelsJob(), "leaves nightly-report~1~20260301T090100000Z behind"),
        ["a deleted job that has promised a run"] = (() => Journal.Of().Requests().Deletes(), "leaves nightly-report~1~t3 behind"),
        ["a paused job that starts something"] = (() => Journal.Of().Pauses().Fires(1, 2), "of a paused job that nobody requested"),
        ["a paused job that retries"] = (() => Journal.Of().Fires(1, 2).Fails(1, 1.5).Pauses().Plans(1, 2).At(1.5).Starts(1, AttemptKind.Retry, 2, 1.5), "of a paused job that nobody requested"),
        ["a pause of a paused job"] = (() => Journal.Of().Pauses().Pauses(), "comes though the job is paused"),
        ["a resume of a job that is not paused"] = (() => Journal.Of().Resumes(), "comes though the job is not paused"),
        ["too many discarded runs"] = (() => Journal.Of(d => d with { PauseAfterFailures = 1 }).Fires(1, 2).Fails(1, null, retryable: false).Discards(1).Fires(2, 3), "so many runs were discarded that the job must pause"),
        ["an end that comes too soon"] = (() => Journal.Of().Ends(), "comes though something is left to do"),
        ["an end that never comes"] = (() => Journal.Of(Once).Fires(1, null).Completes(1), "no JobCompleted says so"),
        ["an end that comes twice"] = (() => Journal.Of(Once).Fires(1, null).Completes(1).Ends().Ends(), "comes after the job's completion"),
        ["a job that exists twice"] = (() => Journal.Of().CreatesAgain().Plans(null, 1), "comes though the job exists"),
        ["a generation that is left out"] = (() => Journal.Of().Deletes().Tells(new JobCreated { At = Journal.T(0), Definition = Journal.EveryMinute, Generation = 3 }).Plans(null, 1), "begins generation 3 after 1"),
        ["a schedule change in the same generation"] = (() => Journal.Of().Updates(Hourly), "has generation 1 after 1, and the schedule is another"),
        ["another generation of the same schedule"] = (() => Journal.Of().Updates(d => d, isSchedule: true).Plans(null, 1), "has generation 2 after 1, and the schedule is the same"),
        ["a fact before the creation"] = (() => new Journal().Pauses(), "comes before the job was created"),
        ["a fact after the end"] = (() => Journal.Of().CancelsJob().Resumes(), "comes after the job has ended"),
        ["a fact before its time"] = (() => Journal.Of().Fires(1, 2).At(0.5).Completes(1), "is dated before the fact in front of it"),
        ["a fact between two milliseconds"] = (() => Journal.Of().Tells(new JobPaused { At = Journal.T(0).AddTicks(1) }), "is not dated by a whole millisecond of UTC"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_must_not_be_is_named(string what)
    {
        var (facts, gap) = Cases[what];

        var report = facts().Audit();

        Assert.False(report.Clean);
        Assert.Contains(report.Gaps, g => g.Contains(gap, StringComparison.Ordinal));
    }

    [Fact]
    public void A_journal_that_is_wrong_throughout_does_not_fill_the_memory()
    {
        var journal = Journal.Of();
        for (var n = 0; n < 1_000; n++)
            journal.Resumes();

        Assert.Equal(100, journal.Audit().Gaps.Count);
    }

    private static JobDefinition FireAll(JobDefinition d) => d with { Misfire = new MisfirePolicy(MisfireKind.FireAll, TimeSpan.FromMinutes(10), 3) };

    private static JobDefinition BufferOne(JobDefinition d) => d with { Overlap = OverlapPolicy.BufferOne };

    private static JobDefinition Once(JobDefinition d) => d with { MaxRuns = 1 };

    private static JobDefinition Hourly(JobDefinition d) => d with { Schedule = new IntervalSchedule(TimeSpan.FromHours(1), Story.Start) };

    private static JobDefinition Growing(JobDefinition d) => d with { Retry = new RetryPolicy(5, TimeSpan.FromSeconds(10)) { Backoff = Backoff.Exponential, Factor = 4 } };
}
