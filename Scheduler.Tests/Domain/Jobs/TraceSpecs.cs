using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class TraceSpecs
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly JobId Job = JobId.Parse("traced");

    [Theory]
    [InlineData("asked", "asked")]
    [InlineData(null, "created")]
    public void A_run_goes_back_to_the_request_that_asked_for_it_else_to_the_job_s(string? asked, string expected)
    {
        var run = RunId.Parse("traced~1~t2");
        var state = new JobState { Id = Job }
            .Apply(new JobCreated { At = T0, Generation = 1, Definition = new JobDefinition { Name = "n", Schedule = new OneOffSchedule(T0) }, Trace = "created" })
            .Apply(new RunRequested { At = T0, RunId = run, Trace = asked })
            .Apply(new AttemptStarted { At = T0, RunId = run, Number = 1, Kind = AttemptKind.Requested, FireTime = T0, DueAt = T0, Node = new WorkerNode("n", 1) });

        Assert.Equal(expected, state.FindActive(run)?.Trace);
    }
}
