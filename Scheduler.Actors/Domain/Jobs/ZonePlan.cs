namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// What a plan was made with, where its fire times depend on a time zone: other data may put them elsewhere. The offset keeps the local time of
/// what was resolved last, which the new data alone could not tell.
/// </summary>
/// <param name="Data">The release of the tz database.</param>
/// <param name="CursorOffset">Local time minus UTC at the cursor, by that release; null without a cursor.</param>
public sealed record ZonePlan(string Data, TimeSpan? CursorOffset);
