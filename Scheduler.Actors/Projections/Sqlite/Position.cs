namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>A row's place in a list, as it is stored.</summary>
/// <param name="At">What the list is sorted by, in Unix milliseconds.</param>
/// <param name="Id">The row's id.</param>
internal sealed record Position(long At, string Id)
{
    /// <summary>Whether this comes later in a list than another.</summary>
    public bool IsBehind(Position other, bool isDescending)
    {
        // SQLite compares text by its bytes; ids are ASCII.
        var compared = At != other.At ? At.CompareTo(other.At) : string.CompareOrdinal(Id, other.Id);
        return isDescending ? compared < 0 : compared > 0;
    }
}
