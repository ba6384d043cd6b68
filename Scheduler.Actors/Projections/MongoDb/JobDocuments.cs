using MongoDB.Bson;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A job's row as a document.</summary>
internal static class JobDocuments
{
    /// <summary>Writes a row of the view writer. Only a new job's moves what is projected.</summary>
    public static GuardedUpdate Write(RowWrite row)
    {
        var state = row.State;
        var update = Update(state, row.Json);
        var projection = new BsonDocument { { ViewFields.Projected, row.IsNew ? state.Version : 0 }, { ViewFields.Generation, row.IsNew ? state.Generation : 0 } };
        if (row.IsNew)
            update["$set"].AsBsonDocument.AddRange(projection);
        else
            update.Add("$setOnInsert", projection);
        return new GuardedUpdate(state.Id.Value, state.Version, update);
    }

    /// <summary>Writes a row of a projection, and moves what is projected of it. For one that is as new: <see cref="MoveProjected"/>.</summary>
    public static GuardedUpdate Write(ProjectedJob job)
    {
        var update = Update(job.State, JobFormats.Write(job.State));
        update.AddRange(MoveProjected(job));
        return new GuardedUpdate(job.State.Id.Value, job.State.Version, update);
    }

    /// <summary>Moves what is projected, never back. A job's generation never goes back either, so each of the two can look after itself.</summary>
    public static BsonDocument MoveProjected(ProjectedJob job) =>
        new("$max", new BsonDocument { { ViewFields.Projected, job.Projected }, { ViewFields.Generation, job.Generation } });

    public static ProjectedJob Read(BsonDocument row) =>
        new(JobFormats.ReadState(row[ViewFields.State].AsByteArray), row[ViewFields.Projected].ToInt64(), row[ViewFields.Generation].ToInt32());

    private static BsonDocument Update(JobState state, byte[] json)
    {
        var set = new BsonDocument
        {
            { ViewFields.Version, state.Version },
            { ViewFields.Slice, state.Id.Slice },
            { ViewFields.Hidden, !state.Exists },
            { ViewFields.CreatedAt, ViewFields.Instant(state.CreatedAt) },
            { ViewFields.Status, Words.JobStatuses.Of(state.Status) },
            { ViewFields.Name, state.Definition?.Name ?? "" },
            { ViewFields.State, json },
        };
        var unset = new BsonDocument();
        var definition = state.Exists ? state.Definition : null;
        Put(ViewFields.NextDueAt, At(state.Exists ? state.NextDueAt : null));
        Put(ViewFields.WakeAt, At(state.WakeAt));
        Put(ViewFields.EndedAt, At(JobEnd.Of(state)));
        Put(ViewFields.Tags, definition is { Tags.Count: > 0 } ? new BsonArray(definition.Tags) : null);
        Put(ViewFields.Target, definition is null ? null : (BsonValue)Words.TargetKinds.Of(TargetFacets.KindOf(definition.Target)));
        Put(ViewFields.Host, definition is null ? null : (BsonValue?)TargetFacets.HostOf(definition.Target));
        Put(ViewFields.ConcurrencyKey, (BsonValue?)definition?.ConcurrencyKey);
        var outcome = definition is not null && state.LastOutcome is { } last ? (BsonValue)Words.RunOutcomes.Of(last) : null;
        Put(ViewFields.LastOutcome, outcome);
        Put(ViewFields.BadOutcome, state.LastOutcome is RunOutcome.Completed ? null : outcome);
        var update = new BsonDocument("$set", set);
        if (unset.ElementCount > 0)
            update.Add("$unset", unset);
        return update;

        void Put(string field, BsonValue? value)
        {
            if (value is not null)
                set.Add(field, value);
            else
                unset.Add(field, "");
        }

        static BsonValue? At(DateTimeOffset? at) => at is { } instant ? ViewFields.Instant(instant) : null;
    }
}
