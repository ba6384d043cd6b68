using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// The indexes of a set. Each list is read along one of them, a page at a time; the one by name has only what matches, and is taken for few, which are sorted then.
/// With several filters one index is entered, and a bounded part of what it finds is looked through. Jobs without a next run, without a concurrency key, whose last run
/// completed, with nothing left to do, or that are not over are not in the indexes of those.
/// </summary>
internal static class ViewIndexes
{
    public const string Created = "created";
    public const string Status = "status";
    public const string Tags = "tags";
    public const string Name = "name";
    public const string NextDue = "due";
    public const string Key = "key";
    public const string Outcome = "outcome";
    public const string Wake = "wake";
    public const string Ended = "ended";
    public const string JobRuns = "job";
    public const string FireTimes = "fire";
    public const string Expiry = "expiry";

    public static IReadOnlyList<CreateIndexModel<BsonDocument>> Jobs { get; } =
    [
        Index(Created, [ViewFields.Hidden, ViewFields.CreatedAt, ViewFields.Id]),
        Index(Status, [ViewFields.Hidden, ViewFields.Status, ViewFields.CreatedAt, ViewFields.Id]),
        Index(Tags, [ViewFields.Tags, ViewFields.CreatedAt, ViewFields.Id]),
        Index(Name, [ViewFields.Hidden, ViewFields.Name]),
        Index(NextDue, [ViewFields.NextDueAt, ViewFields.Id], ViewFields.NextDueAt),
        Index(Key, [ViewFields.ConcurrencyKey, ViewFields.CreatedAt, ViewFields.Id], ViewFields.ConcurrencyKey),
        Index(Outcome, [ViewFields.BadOutcome, ViewFields.CreatedAt, ViewFields.Id], ViewFields.BadOutcome),
        Index(Wake, [ViewFields.Slice, ViewFields.WakeAt, ViewFields.Id], ViewFields.WakeAt),
        Index(Ended, [ViewFields.Hidden, ViewFields.EndedAt, ViewFields.Id], ViewFields.EndedAt),
    ];

    public static IReadOnlyList<CreateIndexModel<BsonDocument>> Runs { get; } =
    [
        Index(JobRuns, [ViewFields.JobId, ViewFields.FireTime, ViewFields.Id]),
        Index(Status, [ViewFields.Status, ViewFields.FireTime, ViewFields.Id]),
        Index(FireTimes, [ViewFields.FireTime, ViewFields.Id]),
    ];

    /// <summary>
    /// The index by which the server itself removes runs some time after their end. A run that has not ended has no such instant, and stays.
    /// </summary>
    /// <param name="seconds">Since their end.</param>
    public static CreateIndexModel<BsonDocument> RunExpiry(int seconds) => new(
        new BsonDocument(ViewFields.EndedAt, 1), new CreateIndexOptions<BsonDocument> { Name = Expiry, ExpireAfter = TimeSpan.FromSeconds(seconds) });

    /// <summary>An index; a query that is to use one of rows with a field only must say that the field exists, too.</summary>
    private static CreateIndexModel<BsonDocument> Index(string name, string[] fields, string? onlyWith = null) => new(
        new BsonDocument(fields.Select(f => new BsonElement(f, 1))),
        new CreateIndexOptions<BsonDocument>
        {
            Name = name,
            PartialFilterExpression = onlyWith is null ? null : new BsonDocument(onlyWith, new BsonDocument("$exists", true)),
        });
}
