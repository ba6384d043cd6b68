using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A journal that is put back in the place of a newer one, or of another: the views that are there tell of jobs that it does not have.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class RestoredJournalSpecs
{
    [Fact]
    public async Task Views_that_are_ahead_of_their_journal_are_made_anew_and_new_jobs_are_shown_as_they_run()
    {
        using var folder = new TemporaryFolder();
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        string kept;
        await using (var host = await HostProcess.StartAsync(folder.Path))
        {
            using var client = new SchedulerClient(host.Address);
            kept = await client.CreateAsync(JobRequests.Default("kept", tomorrow));
            Assert.Equal(0, await host.StopAsync());
        }

        File.Copy(folder.File("journal.db"), folder.File("journal.copy"));
        await using (var host = await HostProcess.StartAsync(folder.Path))
        {
            using var client = new SchedulerClient(host.Address);
            for (var i = 0; i < 20; i++)
                await client.CreateAsync(JobRequests.Default($"lost-{i}", tomorrow));
            Assert.Equal(0, await host.StopAsync());
        }

        File.Move(folder.File("journal.copy"), folder.File("journal.db"), overwrite: true);

        await using var restored = await HostProcess.StartAsync(folder.Path);
        using var afterwards = new SchedulerClient(restored.Address);
        var fresh = await afterwards.CreateAsync(JobRequests.Default("fresh", TimeProvider.System.GetUtcNow()));
        await afterwards.WaitUntilCompletedAsync([fresh]);
        await Eventually.AnswersAsync(
            () => afterwards.JobsAsync(),
            jobs => jobs.Select(job => job.JobId).ToHashSet(StringComparer.Ordinal).SetEquals([kept, fresh]),
            jobs => string.Join(", ", jobs.Select(job => job.Name)));
        await IsSaidAsync(afterwards, restored, "older than the views");
    }

    [Fact]
    public async Task Views_of_another_journal_are_made_anew()
    {
        using var one = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        var ids = new List<string>();
        foreach (var (folder, count) in new[] { (one, 2), (other, 30) })
        {
            await using var host = await HostProcess.StartAsync(folder.Path);
            using var client = new SchedulerClient(host.Address);
            for (var i = 0; i < count; i++)
                ids.Add(await client.CreateAsync(JobRequests.Default($"job-{i}", tomorrow)));
            Assert.Equal(0, await host.StopAsync());
        }

        // The other journal is the longer one: its length gives nothing away.
        File.Copy(other.File("journal.db"), one.File("journal.db"), overwrite: true);

        await using var mixed = await HostProcess.StartAsync(one.Path);
        using var afterwards = new SchedulerClient(mixed.Address);
        await Eventually.AnswersAsync(
            () => afterwards.JobsAsync(),
            jobs => jobs.Select(job => job.JobId).ToHashSet(StringComparer.Ordinal).SetEquals(ids[2..]),
            jobs => string.Join(", ", jobs.Select(job => job.Name)));
        await IsSaidAsync(afterwards, mixed, "another journal");
    }

    [SkippableFact]
    public async Task On_MongoDB_too_views_that_are_ahead_of_their_journal_are_made_anew()
    {
        var database = MongoServer.NewDatabase();
        using var data = HostData.On(database, droppedByItsServer: false);
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        string kept, lost;
        await using (var host = await data.StartAsync())
        {
            using var client = new SchedulerClient(host.Address);
            kept = await client.CreateAsync(JobRequests.Default("kept", tomorrow));
            lost = await client.CreateAsync(JobRequests.Default("lost", tomorrow));
            Assert.Equal(0, await host.StopAsync());
        }

        // As in a dump that was taken before: without the newest events.
        using var driver = new MongoClient(database);
        var journal = driver.GetDatabase(MongoUrl.Create(database).DatabaseName).GetCollection<BsonDocument>("EventJournal");
        Assert.True((await journal.DeleteManyAsync(new BsonDocument("PersistenceId", $"job-{lost}"))).DeletedCount > 0);

        await using var restored = await data.StartAsync();
        using var afterwards = new SchedulerClient(restored.Address);
        await Eventually.AnswersAsync(
            () => afterwards.JobsAsync(),
            jobs => jobs.Select(job => job.JobId).SequenceEqual([kept], StringComparer.Ordinal),
            jobs => string.Join(", ", jobs.Select(job => job.Name)));
        await IsSaidAsync(afterwards, restored, "older than the views");
    }

    private static async Task IsSaidAsync(SchedulerClient client, HostProcess host, string reason)
    {
        var (status, views) = await Eventually.AnswersAsync(
            () => client.SendAsync(HttpMethod.Get, "/views"),
            answer => answer.Body.GetProperty("state").GetString() == "live",
            answer => answer.Body.ToString());
        Assert.Equal(HttpStatusCode.OK, status);
        var rebuild = views.GetProperty("rebuild");
        Assert.Contains(reason, rebuild.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(default, rebuild.GetProperty("finished_at").GetDateTimeOffset());
        Assert.Contains(reason, host.Output, StringComparison.Ordinal);
    }
}
