using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Timing;
using Scheduler.Tests.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Timing;

public sealed class ReplanPassSpecs
{
    // Planned before plans said with what: an hour later than by the data of this program, in which Cuba keeps its summer time.
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ByOldData = new(2026, 11, 20, 14, 0, 0, TimeSpan.Zero);

    private readonly List<JobView> _rows = [];
    private readonly List<JobId> _asked = [];
    private int _reads;
    private bool _isCutShort;

    [Fact]
    public async Task Jobs_of_which_the_next_fire_time_differs_are_planned_anew()
    {
        for (var i = 0; i < 450; i++)
            Add($"job-{i}", i % 150 == 7 ? "America/Havana" : "Europe/Berlin");
        var pass = Pass(new JobAccepted(JobState.Empty(Story.Id), Replayed: false));

        Assert.True(await pass.RunAsync(CancellationToken.None));

        Assert.Equal(["job-7", "job-157", "job-307"], _asked.Select(id => id.Value));
        Assert.Equal(new ReplanProgress(TimeZoneData.Bundled.Version, 450, 3, 0, IsDone: true), pass.Progress);
    }

    [Fact]
    public async Task A_job_that_does_not_answer_and_one_whose_zone_is_unknown_hold_up_nobody_and_are_looked_at_again()
    {
        Add("silent", "America/Havana");
        Add("lost", "Europe/Atlantis");
        var pass = Pass(reply: null);

        Assert.False(await pass.RunAsync(CancellationToken.None));

        Assert.Equal(new ReplanProgress(TimeZoneData.Bundled.Version, 2, 0, 2, IsDone: false), pass.Progress);
    }

    [Fact]
    public async Task A_page_that_was_cut_short_is_not_the_last()
    {
        Add("passed-over", "America/Havana");
        Add("job", "America/Havana");
        _isCutShort = true;
        var pass = Pass(Replanned);

        Assert.True(await pass.RunAsync(CancellationToken.None));

        Assert.Equal(["job"], _asked.Select(id => id.Value));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task What_is_noted_as_planned_with_the_same_data_is_not_read_again()
    {
        Add("job", "America/Havana");
        var marks = new Marks(isWhole: true);
        Assert.True(await Pass(Replanned, marks).RunAsync(CancellationToken.None));
        Assert.Equal(1, _reads);

        var again = Pass(Replanned, marks);
        Assert.True(await again.RunAsync(CancellationToken.None));
        Assert.Equal(1, _reads);
        Assert.Equal(new ReplanProgress(TimeZoneData.Bundled.Version, 0, 0, 0, IsDone: true), again.Progress);

        marks.Data = "2020a";
        Assert.True(await Pass(Replanned, marks).RunAsync(CancellationToken.None));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Nothing_is_noted_where_a_job_failed_or_rows_were_missing()
    {
        Add("job", "America/Havana");
        var marks = new Marks(isWhole: true);
        Assert.False(await Pass(reply: null, marks).RunAsync(CancellationToken.None));
        Assert.Null(marks.Data);

        var filling = new Marks(isWhole: false);
        Assert.True(await Pass(Replanned, filling).RunAsync(CancellationToken.None));
        Assert.Null(filling.Data);
    }

    private static JobReply Replanned => new JobAccepted(JobState.Empty(Story.Id), Replayed: false);

    private ReplanPass Pass(JobReply? reply, IPlanMarks? marks = null) => new(
        new Rows(_rows, () => _reads++, _isCutShort),
        (command, _) =>
        {
            _asked.Add(command.JobId);
            return reply is null ? throw new TimeoutException() : Task.FromResult(reply);
        },
        new Clock(),
        marks);

    private void Add(string id, string zone)
    {
        var definition = Story.Definition with { Schedule = new CronSchedule("0 9 * * *", zone, DstGap.Shift, DstOverlap.First, []) { DayMatch = DayMatch.Both } };
        JobId job = JobId.Parse(id);
        var at = zone == "Europe/Berlin" ? Now.AddHours(8) : ByOldData;
        var state = JobState.Empty(job).Apply([
            new JobCreated { At = Now.AddHours(-1).AddMilliseconds(_rows.Count), Definition = definition, Generation = 1 },
            new JobScheduled { At = Now.AddHours(-1).AddMilliseconds(_rows.Count), NextFireTime = at, NextDueAt = at },
        ]);
        _rows.Add(new JobView(state, 2));
    }

    /// <summary>Stands still, and waits no time.</summary>
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class Marks(bool isWhole) : IPlanMarks
    {
        public string? Data { get; set; }

        public PlanMark Find() => new(1, isWhole, Data);

        public Task NoteAsync(long tables, string data)
        {
            Data = data;
            return Task.CompletedTask;
        }
    }

    private sealed class Rows(List<JobView> rows, Action read, bool isCutShort) : IJobViews
    {
        public ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken)
        {
            read();
            if (isCutShort && query.After is null)
                return new(PageEnd<JobPosition>.CutShort(JobPosition.Of(rows[0].State, query.Sort)));
            JobView[] page = [.. rows.SkipWhile(r => query.After is { } after && r.State.Id != after.JobId).Skip(query.After is null ? 0 : 1).Take(query.Limit)];
            Assert.All(page, row => take(row, 1));
            return new(page.Length == query.Limit ? PageEnd<JobPosition>.Full(JobPosition.Of(page[^1].State, query.Sort)) : PageEnd<JobPosition>.Last);
        }

        public ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
