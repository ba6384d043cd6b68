using Akka.Persistence.Query;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Projections.MongoDb;

/// <summary>A step whose connection is cut in front of one of its requests, and the same events again.</summary>
public sealed class CutStepSpecs : ProjectionFixture
{
    private const string Unreadable = "no event of a job";

    private readonly string _connectionString = MongoServer.NewDatabase();
    private readonly CutLink _link;
    private readonly MongoJobViewStore _store;

    public CutStepSpecs()
    {
        var url = new MongoUrlBuilder(_connectionString);
        _link = new CutLink(url.Server.Host, url.Server.Port);
        url.Server = new MongoServerAddress("127.0.0.1", _link.Port);
        url.DirectConnection = true;
        _store = new MongoJobViewStore(url.ToString());
        Environment = Environment with { Store = _store };
    }

    [SkippableTheory]
    [InlineData("update", "view_set_aside_1")]
    [InlineData("update", "runs_1")]
    [InlineData("find", "jobs_1")]
    [InlineData("update", "jobs_1")]
    [InlineData("update", "view_offsets_1")]
    public async Task A_step_that_is_cut_off_is_completed_by_the_same_events_again(string command, string collection)
    {
        await _store.OpenAsync(default);
        var step = await StepAsync();

        _link.CutBefore(command, collection + "\0");
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => _store.CommitAsync(step, default));

        using var other = new MongoJobViewStore(_connectionString);
        Assert.Equal(0, await other.FindOffsetAsync(1, Slice, default));
        if (await other.FindProjectedAsync(1, Job, default) is not null)
        {
            Assert.NotNull(await other.FindProjectedRunAsync(1, RunAt0, default));
            Assert.Single(SetAside());
        }

        _link.Mend();
        await _store.CommitAsync(await StepAsync(), default);

        Assert.Equal(6, await _store.FindOffsetAsync(1, Slice, default));
        Assert.Equal(6, (await _store.FindJobAsync(Job, default))!.Projected);
        Assert.Equal(RunStatus.Completed, (await _store.FindRunAsync(RunAt0, default))!.Status);
        Assert.Equal(6, Assert.Single(SetAside())["_id"]["version"].ToInt64());
    }

    [SkippableFact]
    public async Task What_is_projected_moves_though_the_view_writer_inserts_the_row_meanwhile()
    {
        await _store.OpenAsync(default);
        using var other = new MongoJobViewStore(_connectionString);
        var row = new AwaitedRow(After(5), isNew: false);
        var step = new ProjectionStep(1, Slice, 5) { Jobs = [new ProjectedJob(After(5), 5, 1)] };

        _link.HoldBefore(
            () =>
            {
                other.Enqueue(row);
                return row.Done;
            },
            "update",
            "jobs_1\0");
        await _store.CommitAsync(step, default);

        Assert.True(row.Done.IsCompletedSuccessfully);
        Assert.Equal(new JobView(After(5), 5), await _store.FindJobAsync(Job, default));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _store.Dispose();
        _link.Dispose();
        MongoServer.Drop(_connectionString);
    }

    private List<BsonDocument> SetAside()
    {
        using var client = new MongoClient(_connectionString);
        return client.GetDatabase(MongoUrl.Create(_connectionString).DatabaseName)
            .GetCollection<BsonDocument>(ViewCollections.SetAside(1))
            .Find(new BsonDocument())
            .ToList();
    }

    /// <summary>A job's whole life, and one event more that says nothing, projected from what the store holds.</summary>
    private async Task<ProjectionStep> StepAsync()
    {
        var events = Life.Append<object>(Unreadable).Select((fact, i) => new EventEnvelope(Offset.Sequence(i + 1), Job.PersistenceId, i + 1, fact, 0, []));
        return await new SliceProjection(Slice, 1, Environment, recent: null, Materializer).ProjectAsync([.. events], default).SingleAsync();
    }
}
