using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Auditing;

/// <summary>What enumerating all fire times found.</summary>
/// <param name="Resolved">How many became runs, wait for their start, or are covered by a skip.</param>
/// <param name="Skipped">How many of them a skip covers.</param>
/// <param name="Unresolved">How many have come and are still to be resolved.</param>
/// <param name="Faults">Fire times that are accounted for twice or not at all, and what is accounted for and never was one.</param>
internal sealed record NaiveFindings(long Resolved, long Skipped, long Unresolved, IReadOnlyList<string> Faults);

/// <summary>
/// The second oracle: walks through all fire times of each generation, one by one and by its own arithmetic, and looks each of them up in
/// what the facts say. Too slow for anything but small histories, and too simple to be wrong.
/// </summary>
internal static class NaiveAudit
{
    private const int Most = 1_000;

    /// <summary>Audits; null when there are too many fire times to walk through.</summary>
    public static NaiveFindings? Of(IEnumerable<JobEvent> facts, DateTimeOffset now)
    {
        var eras = Eras(facts);
        var faults = new List<string>();
        long resolved = 0, skipped = 0, unresolved = 0;
        foreach (var era in eras)
        {
            var fireTimes = FireTimesUntil(era, Latest([era.Ended ?? now, era.Began, .. era.Told])).Take(Most + 1).ToList();
            if (fireTimes.Count > Most)
                return null;
            faults.AddRange(era.Told.Except(fireTimes).Select(t => $"{t:O} of generation {era.Generation} is no fire time"));
            foreach (var t in fireTimes)
            {
                var skips = era.Skips.Count(s => s.From <= t && t <= s.To);
                var times = skips + era.Starts.Count(s => s == t) + era.Waiting.Count(w => w == t);
                resolved += times > 0 ? 1 : 0;
                skipped += skips;
                if (times > 1)
                    faults.Add($"{t:O} of generation {era.Generation} is accounted for {times} times");
                else if (times == 0 && era.Ended is null && t >= era.Plan?.NextFireTime)
                    unresolved += era.DueAt(t) <= now ? 1 : 0;
                else if (times == 0 && !era.IsSpentBefore(t) && era.DueAt(t) <= era.Until(now))
                    faults.Add($"{t:O} of generation {era.Generation} is not accounted for");
            }
        }

        return new NaiveFindings(resolved, skipped, unresolved, faults);
    }

    private static DateTimeOffset Latest(IEnumerable<DateTimeOffset> instants) => instants.Max();

    private static IEnumerable<DateTimeOffset> FireTimesUntil(Era era, DateTimeOffset until)
    {
        var all = era.Definition.Schedule switch
        {
            OneOffSchedule s => [s.At],
            DelaySchedule { At: { } at } => [at],
            IntervalSchedule { Anchor: { } anchor, Exclusions.Count: 0 } s => Grid(anchor, s.Every, era.Began),
            var s => Walk(s, era.Began),
        };
        var last = era.Definition.EndAt < until ? era.Definition.EndAt.Value : until;
        return all.SkipWhile(t => t < era.Definition.StartAt).TakeWhile(t => t <= last);
    }

    private static IEnumerable<DateTimeOffset> Grid(DateTimeOffset anchor, TimeSpan every, DateTimeOffset after)
    {
        var t = anchor + (Math.Floor((after - anchor) / every) * every);
        while (true)
        {
            if (t > after)
                yield return t;
            t += every;
        }
    }

    /// <summary>Calendars are others' specs: here they are taken at their word, one fire time after the other.</summary>
    private static IEnumerable<DateTimeOffset> Walk(Schedule schedule, DateTimeOffset after)
    {
        for (var t = schedule.Next(after); t is { } fireTime; t = schedule.Next(fireTime))
            yield return fireTime;
    }

    private static List<Era> Eras(IEnumerable<JobEvent> facts)
    {
        var eras = new List<Era>();
        foreach (var fact in facts)
        {
            var era = eras.LastOrDefault();
            switch (fact)
            {
                case JobCreated e:
                    eras.Add(new Era(e.Definition, e.Generation, e.DecidedAt));
                    break;
                case JobUpdated e when e.Generation == era!.Generation:
                    era.Definition = e.Definition;
                    break;
                case JobUpdated e:
                    era!.End(e.DecidedAt);
                    eras.Add(new Era(e.Definition, e.Generation, e.DecidedAt));
                    break;
                case JobCancelled or JobDeleted:
                    era!.End(fact.DecidedAt);
                    break;
                case JobScheduled e:
                    era!.Plan = e;
                    break;
                case OccurrencesSkipped e:
                    era!.Skips.Add((e.From, e.To));
                    break;
                case AttemptStarted { Kind: AttemptKind.Scheduled or AttemptKind.Buffered or AttemptKind.CatchUp } e:
                    era!.Starts.Add(e.FireTime);
                    break;
            }
        }

        return eras;
    }

    private sealed class Era(JobDefinition definition, int generation, DateTimeOffset began)
    {
        public JobDefinition Definition { get; set; } = definition;

        public int Generation { get; } = generation;

        public DateTimeOffset Began { get; } = began;

        public DateTimeOffset? Ended { get; private set; }

        public JobScheduled? Plan { get; set; }

        public List<DateTimeOffset> Starts { get; } = [];

        public List<(DateTimeOffset From, DateTimeOffset To)> Skips { get; } = [];

        /// <summary>What waits at the end; what a generation that is over had waiting, its last skips cover.</summary>
        public IEnumerable<DateTimeOffset> Waiting =>
            Ended is not null || Plan is null ? [] : Plan.Buffered is { } buffered ? Plan.CatchUp.Append(buffered) : Plan.CatchUp;

        public IEnumerable<DateTimeOffset> Told => Starts.Concat(Waiting).Concat(Skips.SelectMany(s => new[] { s.From, s.To }));

        public void End(DateTimeOffset at) => Ended ??= at;

        public DateTimeOffset Until(DateTimeOffset now) => Ended ?? now;

        public bool IsSpentBefore(DateTimeOffset fireTime) => Starts.Count >= Definition.MaxRuns && Told.All(t => t < fireTime);

        public DateTimeOffset DueAt(DateTimeOffset fireTime)
        {
            if (Plan is { NextDueAt: { } planned } && Plan.NextFireTime == fireTime)
                return planned;
            var due = Definition.DueAt(RunId.Scheduled(Jobs.Story.Id, Generation, fireTime), fireTime);
            return due < Began ? Began : due;
        }
    }
}
