using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The names of what stands beside a row's state, to filter and to sort by, and how an instant is kept.</summary>
internal static class ViewFields
{
    public const string Id = "_id";
    public const string Slice = "slice";
    public const string Version = "version";
    public const string Projected = "projected";
    public const string Generation = "generation";
    public const string Hidden = "hidden";
    public const string CreatedAt = "created_at";
    public const string Status = "status";
    public const string Name = "name";
    public const string Tags = "tags";
    public const string Target = "target";
    public const string Host = "host";
    public const string ConcurrencyKey = "concurrency_key";
    public const string LastOutcome = "last_outcome";

    /// <summary>The last outcome of those whose last run did not complete: most have none, and so are in no index of it.</summary>
    public const string BadOutcome = "bad_outcome";
    public const string NextDueAt = "next_due_at";
    public const string WakeAt = "wake_at";
    public const string EndedAt = "ended_at";
    public const string State = "state";
    public const string JobId = "job_id";
    public const string FireTime = "fire_time";
    public const string Data = "data";
    public const string Value = "value";
    public const string Error = "error";

    public static BsonDateTime Instant(DateTimeOffset at) => new(at.ToUnixTimeMilliseconds());

    public static DateTimeOffset Instant(BsonValue at) => DateTimeOffset.FromUnixTimeMilliseconds(at.AsBsonDateTime.MillisecondsSinceEpoch);
}
