namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// Dates facts so that their order is never lost: none lies before the fact in front of it. They are decided by what the clock shows
/// all the same, which they say where the two differ. (Until 2026-11 decisions used the fact's date too: after a clock that had been ahead for a
/// minute, triggers, edits and retries were due when it had been.)
/// </summary>
internal static class Dating
{
    /// <summary>Facts that were decided at <paramref name="clock"/>, and are dated so.</summary>
    public static ValueList<JobEvent> After(JobState state, ValueList<JobEvent> facts, DateTimeOffset clock) => clock >= state.LastEventAt
        ? facts
        : ValueList.From(facts.Select(fact => fact with { At = state.LastEventAt, Clock = clock }));

    /// <summary>The same of a decision, with the state that it answers with.</summary>
    public static Decision After(JobState state, Decision decision, DateTimeOffset clock)
    {
        if (decision.Events.Count == 0 || clock >= state.LastEventAt)
            return decision;
        var facts = After(state, decision.Events, clock);
        return new Decision(facts, decision.Reply switch
        {
            JobAccepted reply => reply with { State = state.Apply(facts) },
            RunAccepted reply => reply with { State = state.Apply(facts) },
            var reply => reply,
        });
    }
}
