namespace Scheduler.Actors.Projections;

/// <summary>
/// Where it is noted that all jobs are planned with one release of the time-zone data, so that a start with the same one needs not look at them. Only a store
/// that one node alone uses can note that: where there are several, another one may have planned with other data meanwhile.
/// </summary>
public interface IPlanMarks
{
    /// <summary>What is noted of the rows that queries read now.</summary>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached.</exception>
    PlanMark Find();

    /// <summary>All rows of that set are planned with those data. Of a set that is not the live one any more it says nothing.</summary>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task NoteAsync(long tables, string data);
}

/// <summary>What is noted of a set of rows.</summary>
/// <param name="Tables">The set.</param>
/// <param name="IsWhole">Whether it has all jobs: nothing can be noted of one that is being filled.</param>
/// <param name="Data">The release that all of its jobs are planned with; null where that is not known.</param>
public sealed record PlanMark(long Tables, bool IsWhole, string? Data);
