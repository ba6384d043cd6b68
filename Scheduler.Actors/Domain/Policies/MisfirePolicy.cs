namespace Scheduler.Actors.Domain.Policies;

/// <summary>Which of the occurrences that could not start in time are run after all.</summary>
public enum MisfireKind
{
    /// <summary>The latest one.</summary>
    FireOnce,

    /// <summary>All of them, within bounds, one after the other, oldest first.</summary>
    FireAll,

    /// <summary>None.</summary>
    Skip,
}

/// <summary>What becomes of occurrences that could not start in time, whatever held them.</summary>
/// <param name="Kind">Which are run.</param>
/// <param name="Window">For <see cref="MisfireKind.FireAll"/>: those that were due longer ago are not run; null for no bound. Positive.</param>
/// <param name="Limit">For <see cref="MisfireKind.FireAll"/>: how many are run at most, the latest; from 1 to <see cref="MaxLimit"/>.</param>
public sealed record MisfirePolicy(MisfireKind Kind, TimeSpan? Window = null, int Limit = MisfirePolicy.DefaultLimit)
{
    /// <summary>How many are run at most where the client said nothing.</summary>
    public const int DefaultLimit = 100;

    /// <summary>The most that a client may ask for: they are part of the job's state.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Whether an occurrence may be too old to be run: then one that had passed when its job was created is as old as it says, not new.</summary>
    public bool LooksAtAge => Kind is MisfireKind.Skip || (Kind is MisfireKind.FireAll && Window is not null);

    /// <summary>The policy of a job that names none.</summary>
    public static MisfirePolicy Default { get; } = new(MisfireKind.FireOnce);
}
