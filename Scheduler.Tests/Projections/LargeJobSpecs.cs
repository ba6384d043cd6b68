using Akka;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>What projections have in memory at once is bounded by bytes, however many jobs and events that is.</summary>
public sealed class LargeJobSpecs : ProjectionFixture
{
    /// <summary>In characters, of which each has two bytes.</summary>
    private const int Large = 500_000;

    private const long MostAtOnce = SliceProjection.EnoughBytes + (2 * Large) + 2_048;

    [Fact]
    public async Task Events_that_gather_while_a_step_is_written_do()
    {
        var written = new TaskCompletionSource();
        var taken = new Recorded<int>("events taken");
        var groups = new Recorded<IReadOnlyList<EventEnvelope>>("groups");
        var done = JournalQueries.Gathered(
                Source.From(Enumerable.Range(1, 40).Select(n =>
                {
                    taken.Add(n);
                    return Created($"job-{n}", n);
                })),
                SliceProjection.MostEvents,
                SliceProjection.EnoughBytes)
            .SelectAsync(1, async group =>
            {
                groups.Add(group);
                await written.Task;
                return NotUsed.Instance;
            })
            .RunWith(Sink.Ignore<NotUsed>(), Materializer);
        // The first is written; four gather meanwhile, and the sixth waits.
        await taken.AtLeastAsync(6);
        written.SetResult();
        await done.WaitAsync(Patience.Limit);

        Assert.Equal(40, groups.Items.Sum(g => g.Count));
        Assert.All(groups.Items, group => Assert.InRange(group.Sum(e => Weight.Of((JobEvent)e.Event)), 1, SliceProjection.EnoughBytes));
    }

    [Fact]
    public async Task Rows_of_a_step_do_and_only_the_last_step_moves_the_offset()
    {
        var jobs = Enumerable.Range(1, 12).Select(n => JobId.Parse($"job-{n}")).ToList();
        await ProjectAsync([.. jobs.Select((id, i) => Created(id.Value, i + 1))]);

        var steps = await ProjectAsync([.. jobs.Select((id, i) => new EventEnvelope(Offset.Sequence(20 + i), id.PersistenceId, 2, new JobPaused { At = T0 }, 0, []))]);

        Assert.True(steps.Count > 1);
        Assert.All(steps, step => Assert.InRange(step.Jobs.Sum(j => Weight.Of(j.State)), 1, MostAtOnce));
        Assert.All(steps.SkipLast(1), step => Assert.True(step.Offset < 20));
        Assert.Equal(31, steps[^1].Offset);
        foreach (var id in jobs)
            Assert.Equal(2, (await Store.FindJobAsync(id, default))?.Projected);
    }

    [Fact]
    public async Task A_gap_that_is_read_does()
    {
        for (var version = 1; version <= 30; version++)
            Journal.Store(Job.PersistenceId, version, Created(Job.Value, version).Event, JobId.SliceTag(Slice));

        var steps = await ProjectAsync([Created(Job.Value, 1, version: 31)]);

        Assert.True(steps.Count > 5);
        Assert.Equal(31, (await Store.FindJobAsync(Job, default))?.Projected);
    }

    [Fact]
    public void Folds_that_are_kept_do()
    {
        var folds = new FoldCache(1024, SliceProjection.EnoughBytes);
        for (var i = 0; i < 100; i++)
        {
            var id = JobId.Parse($"job-{i}");
            var fold = JobFold.Empty(id);
            folds.Add(id, fold);
            fold.Apply(1, (JobEvent)Created(id.Value, 1).Event);
            folds.Grew(Weight.Of(fold.State));
            folds.Turn();
        }

        Assert.InRange(folds.Count, 1, 8);
    }

    [Fact]
    public void New_rows_that_are_remembered_do()
    {
        var recent = new RecentRows();
        var ids = Enumerable.Range(1, 100).Select(n => JobId.Parse($"job-{n}")).ToList();
        foreach (var id in ids)
            recent.Add(new AwaitedRow(JobState.Empty(id).Apply((JobEvent)Created(id.Value, 1).Event), isNew: true));

        Assert.InRange(ids.Count(id => recent.Take(id) is not null), 1, (int)(2 * RecentRows.HalfBytes / Large) + 1);
    }

    private static EventEnvelope Created(string job, long offset, long version = 1)
    {
        var id = JobId.Parse(job);
        var fact = new JobCreated { At = T0, Definition = Definition("job") with { Description = new string('x', Large) }, Generation = 1 };
        return new EventEnvelope(Offset.Sequence(offset), id.PersistenceId, version, fact, 0, []);
    }

    private async Task<List<ProjectionStep>> ProjectAsync(IReadOnlyList<EventEnvelope> events)
    {
        var projection = new SliceProjection(Slice, (await Store.LiveTablesAsync(default)).Id, Environment, recent: null, Materializer);
        var steps = new List<ProjectionStep>();
        await foreach (var step in projection.ProjectAsync(events, default))
        {
            steps.Add(step);
            await Store.CommitAsync(step, default);
        }

        return steps;
    }
}
