using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>The fire times of one generation that are kept and have not started: the buffered one, and those in catch-up.</summary>
internal sealed class WaitingAudit(AuditGaps gaps)
{
    private readonly List<DateTimeOffset> _catchUp = [];

    public DateTimeOffset? Buffered { get; private set; }

    public int Count => _catchUp.Count + (Buffered is null ? 0 : 1);

    public bool Contains(DateTimeOffset fireTime) => Buffered == fireTime || _catchUp.BinarySearch(fireTime) >= 0;

    public bool IsPlannedBy(JobScheduled plan) => plan.Buffered == Buffered && _catchUp.SequenceEqual(plan.CatchUp);

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(JobState state)
    {
        Buffered = state.Buffered;
        _catchUp.AddRange(state.CatchUp);
    }

    /// <summary>The buffered fire time starts.</summary>
    public void StartBuffered(string name, DateTimeOffset fireTime)
    {
        gaps.Check(Buffered == fireTime, $"{name} starts {fireTime} as buffered, and {Buffered} is");
        if (Buffered == fireTime)
            Buffered = null;
    }

    /// <summary>A fire time in catch-up starts; false when it is not there.</summary>
    public bool TryStartCatchUp(string name, DateTimeOffset fireTime)
    {
        var index = _catchUp.BinarySearch(fireTime);
        if (index < 0)
            return false;
        gaps.Check(index == 0, $"{name} starts {fireTime} before {_catchUp[0]}, which is older");
        _catchUp.RemoveAt(index);
        return true;
    }

    /// <summary>
    /// A skip covers what waits: an unbroken range, which begins and ends with one that waits. What lies between and does not wait
    /// is accounted for already.
    /// </summary>
    public void Skip(FireTimes fireTimes, DateTimeOffset from, DateTimeOffset to)
    {
        var covered = _catchUp.Where(t => from <= t && t <= to).ToList();
        if (Buffered is { } buffered && from <= buffered && buffered <= to)
            covered.Add(buffered);
        var isUnbroken = covered.Count > 0 && covered.Min() == from && covered.Max() == to && fireTimes.Count(from, to, covered.Count) == covered.Count;
        gaps.Check(isUnbroken, $"{from} to {to} are skipped, and some of them are accounted for twice");
        _catchUp.RemoveAll(covered.Contains);
        if (Buffered is { } one && covered.Contains(one))
            Buffered = null;
    }

    /// <summary>A plan says what waits from here on.</summary>
    /// <returns>What did not wait before, in order.</returns>
    public IReadOnlyList<DateTimeOffset> Plan(string name, JobScheduled plan)
    {
        if (IsPlannedBy(plan))
            return [];
        gaps.Check(plan.CatchUp.Zip(plan.CatchUp.Skip(1)).All(p => p.First < p.Second), $"{name} has a catch-up that is not ordered from the oldest on");
        gaps.Check(plan.Buffered is not { } both || !plan.CatchUp.Contains(both), $"{name} has {plan.Buffered} waiting twice");
        var before = Waiting().ToHashSet();
        var after = plan.CatchUp.Concat(plan.Buffered is { } buffered ? [buffered] : []).ToHashSet();
        foreach (var lost in before.Where(t => !after.Contains(t)))
            gaps.Add($"{lost} was neither run nor skipped");
        _catchUp.Clear();
        _catchUp.AddRange(plan.CatchUp.Order());
        Buffered = plan.Buffered;
        return [.. after.Where(t => !before.Contains(t)).Order()];
    }

    /// <summary>From here on nothing may wait.</summary>
    public void Close()
    {
        foreach (var left in Waiting())
            gaps.Add($"{left} was neither run nor skipped");
        _catchUp.Clear();
        Buffered = null;
    }

    private IEnumerable<DateTimeOffset> Waiting() => Buffered is { } buffered ? _catchUp.Append(buffered) : _catchUp;
}
