using MongoDB.Bson;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A run's row as a document.</summary>
internal static class RunDocuments
{
    public static GuardedUpdate Write(RunView run)
    {
        var set = new BsonDocument
        {
            { ViewFields.JobId, run.JobId.Value },
            { ViewFields.FireTime, ViewFields.Instant(run.FireTime) },
            { ViewFields.Status, Words.RunStatuses.Of(run.Status) },
            { ViewFields.Version, run.Version },
            { ViewFields.Data, RunJson.Write(run) },
        };
        var update = new BsonDocument("$set", set);
        if (run.HasEnded)
            set.Add(ViewFields.EndedAt, ViewFields.Instant(run.EndedAt ?? run.FireTime));
        else
            update.Add("$unset", new BsonDocument(ViewFields.EndedAt, ""));
        return new GuardedUpdate(run.RunId.Value, run.Version, update);
    }

    public static RunView Read(BsonDocument row) => RunJson.Read(
        RunId.Parse(row[ViewFields.Id].AsString),
        JobId.Parse(row[ViewFields.JobId].AsString),
        Words.RunStatuses.Parse(row[ViewFields.Status].AsString),
        ViewFields.Instant(row[ViewFields.FireTime]),
        row[ViewFields.Version].ToInt64(),
        row[ViewFields.Data].AsByteArray);
}
