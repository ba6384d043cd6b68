using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>One way to the rows of a list.</summary>
/// <param name="Index">The index.</param>
/// <param name="Within">What says where in the index it begins and ends.</param>
/// <param name="IsInOrder">Whether it yields its rows in the list's order. If not, all that it has must be read before the first row is known.</param>
/// <param name="IsExact">Whether it finds what is asked for, and nothing else: then a page ends when it is full.</param>
internal sealed record Way(string Index, BsonDocument Within, bool IsInOrder, bool IsExact);
