using System.Globalization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>
/// A job that fires every ten seconds, told in seconds after its creation, so that tables of policies are short: <c>start 10</c>,
/// <c>skip 20-40 misfire</c>.
/// </summary>
internal sealed class Timeline
{
    public static readonly JobDefinition Every10 = new()
    {
        Name = "every ten seconds",
        Schedule = new IntervalSchedule(TimeSpan.FromSeconds(10)),
        Retry = new RetryPolicy(1, TimeSpan.Zero),
    };

    private readonly Story _story = new();

    public Timeline(JobDefinition definition) => _story.Do(new CreateJob(Story.Id, definition, BodyHash: null));

    public JobState State => _story.State;

    public IReadOnlyList<JobEvent> Facts => _story.Facts;

    public double Now => (_story.Now - Story.Start).TotalSeconds;

    public Timeline At(double seconds)
    {
        _story.Now = After(seconds);
        return this;
    }

    public Decision Do(JobCommand command) => _story.Do(command);

    /// <summary>Settles until nothing more happens, with a permit for each start, and tells what became of it.</summary>
    public string Settle() => Settle(mayStart: true);

    /// <summary>Settles what needs no permit.</summary>
    public string SettleWithoutPermit() => Settle(mayStart: false);

    public Timeline Succeed(int index = 0)
    {
        var run = State.Active[index];
        _story.Do(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
        return this;
    }

    public Decision Fail(bool retryable = false, TimeSpan? retryAfter = null)
    {
        var run = State.Active[0];
        return _story.Do(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Failure(retryable) with { RetryAfter = retryAfter }));
    }

    public static string Tell(IEnumerable<JobEvent> facts) => string.Join(", ", facts.Select(Tell).Where(t => t.Length > 0));

    public static DateTimeOffset After(double seconds) => Story.Start.AddSeconds(seconds);

    public static string Seconds(DateTimeOffset? at) =>
        at is { } a ? (a - Story.Start).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) : "never";

    private static string Tell(JobEvent fact) => fact switch
    {
        AttemptStarted { Kind: AttemptKind.Scheduled } e => $"start {Seconds(e.FireTime)}",
        AttemptStarted e => $"{e.Kind} {Seconds(e.FireTime)}",
        OccurrencesSkipped e when e.From == e.To => $"skip {Seconds(e.From)} {e.Why}",
        OccurrencesSkipped e => $"skip {Seconds(e.From)}-{Seconds(e.To)} ({e.Count}) {e.Why}",
        RunCancelled => "cancel run",
        JobScheduled e => $"next {Seconds(e.NextFireTime)}{(e.Buffered is { } b ? $" buffer {Seconds(b)}" : "")}{(e.CatchUp.Count > 0 ? $" catch up {string.Join('+', e.CatchUp.Select(c => Seconds(c)))}" : "")}",
        _ => fact.GetType().Name,
    };

    private string Settle(bool mayStart)
    {
        var facts = new List<JobEvent>();
        for (var left = 50; left > 0; left--)
        {
            var settlement = _story.Settle(mayStart ? Story.Node : null);
            if (settlement.Events.Count == 0)
                break;
            facts.AddRange(settlement.Events);
        }

        return Tell(facts);
    }
}
