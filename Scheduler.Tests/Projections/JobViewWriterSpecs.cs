using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Projections;

public sealed class JobViewWriterSpecs : ProjectionFixture
{
    private readonly JobViewWriter _writer;

    public JobViewWriterSpecs() => _writer = new JobViewWriter(Store, Recent, Unwritten, NullLogger<JobViewWriter>.Instance);

    [Fact]
    public async Task Whoever_is_answered_finds_the_row()
    {
        _writer.Write(After(2), isNew: true, TestActor, "created", TestActor);

        Assert.Equal("created", await ExpectMsgAsync<string>());
        Assert.Equal(new JobView(After(2), 2), await Store.FindJobAsync(Job, default));
    }

    [Fact]
    public async Task Whose_row_could_not_be_written_is_answered_all_the_same()
    {
        (Store as IDisposable)!.Dispose();

        _writer.Write(After(2), isNew: true, TestActor, "created", TestActor);

        Assert.Equal("created", await ExpectMsgAsync<string>());
        Assert.Equal(1, _writer.Failures);
        Assert.True(Unwritten.IsBehind(Job, version: 1));
        Assert.False(Unwritten.IsBehind(Job, version: 2));
        Assert.Null(Recent.Take(Job));
    }

    [Fact]
    public async Task A_row_without_anybody_to_answer_is_written()
    {
        _writer.Write(After(2), isNew: true, ActorRefs.Nobody, "created", TestActor);
        _writer.Write(After(3), isNew: false, TestActor, "next", TestActor);

        await ExpectMsgAsync("next");
        Assert.Equal(new JobView(After(3), 2), await Store.FindJobAsync(Job, default));
    }

    [Fact]
    public async Task Only_new_jobs_rows_are_remembered_for_the_projection()
    {
        _writer.Write(After(2), isNew: false, TestActor, "updated", TestActor);

        await ExpectMsgAsync("updated");
        Assert.Null(Recent.Take(Job));
    }

    [Fact]
    public void Rows_that_nobody_takes_are_let_go()
    {
        for (var i = 0; i < 20_000; i++)
            Recent.Add(new AwaitedRow(JobState.Empty(JobId.Parse($"job-{i}")), isNew: true));

        Assert.Null(Recent.Take(JobId.Parse("job-0")));
        Assert.NotNull(Recent.Take(JobId.Parse("job-19999")));
    }
}
