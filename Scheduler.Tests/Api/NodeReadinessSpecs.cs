using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Host.Api.Adapters;
using Scheduler.Host.Api.Ports;
using Scheduler.Persistence.Sqlite;
using Scheduler.Tests.Projections;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>Whether a node says that it is ready: a cluster of one on a real journal and read model, each part of which is broken in its turn.</summary>
public sealed class NodeReadinessSpecs : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 8, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedClock _clock = new(Now);
    private readonly AnsweringJobs _jobs = new();
    private readonly SqliteJobViewStore _files;
    private readonly StumblingStore _views;
    private readonly ProjectionLag _projections;
    private readonly StartGate _gate;
    private readonly ActorSystem _system;
    private readonly NodeReadiness _readiness;

    public NodeReadinessSpecs()
    {
        _files = new SqliteJobViewStore(_folder.File("views.db"), NullLogger<SqliteJobViewStore>.Instance);
        _views = new StumblingStore(_files);
        _projections = new ProjectionLag(_clock);
        _gate = new StartGate(_clock);
        _system = ActorSystem.Create("ready", ConfigurationFactory.ParseString("""
            akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """).WithFallback(SqlitePersistence.Config(_folder.File("journal.db"))));
        _readiness = new NodeReadiness(_system, _jobs, _views, _projections, SqlitePersistence.JournalId, _gate, () => _isLeaving, _clock);
    }

    private bool _isLeaving;

    public async Task InitializeAsync()
    {
        await Cluster.Get(_system).JoinAsync(Cluster.Get(_system).SelfAddress);
        // What a member sees of itself follows a moment later.
        await Eventually.AnswersAsync(
            () => Task.FromResult(Cluster.Get(_system).SelfMember.Status), status => status is MemberStatus.Up, status => $"{status}", Patience.Limit);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        _projections.Dispose();
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_ready_when_all_is_well()
    {
        var checks = await _readiness.CheckAsync(CancellationToken.None);

        Assert.Equal(["cluster", "jobs", "journal", "views", "starts"], checks.Select(c => c.Name));
        Assert.All(checks, c => Assert.Null(c.Problem));
    }

    [Fact]
    public async Task Views_that_take_no_writes_are_named()
    {
        _views.CheckFails = new ViewsUnavailableException("the disk is full");

        Assert.Equal("the disk is full", await OnlyAsync("views"));
    }

    [Fact]
    public async Task Slices_whose_projection_fails_are_named_with_the_first_error_and_since_when()
    {
        _projections.Failed(7, "a row that nobody can read");
        _clock.Advance(TimeSpan.FromMinutes(1));
        _projections.Failed(9, "the same again");

        Assert.Equal(
            "the projections of 2 of 32 slices fail (7, 9), the first since 2026-11-29T08:00:00.0000000+00:00: a row that nobody can read", await OnlyAsync("views"));

        _projections.Committed(7, 1, 1);
        _projections.Committed(9, 1, 1);
        await AllAreWellAsync();
    }

    [Fact]
    public async Task A_node_that_is_about_to_leave_says_so_while_all_of_it_works()
    {
        _isLeaving = true;

        Assert.Equal("this node is about to leave", await OnlyAsync("cluster"));
    }

    [Fact]
    public async Task A_clock_that_is_off_is_named_until_it_is_right()
    {
        _gate.Close(StartStop.Clock, "its clock is 7.2 s ahead of the database's");

        Assert.Equal("this node starts nothing: its clock is 7.2 s ahead of the database's", await OnlyAsync("starts"));

        _gate.Lift(StartStop.Clock);
        await AllAreWellAsync();
    }

    [Fact]
    public async Task A_journal_that_takes_no_writes_is_named()
    {
        await AllAreWellAsync();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "journal.db*").ToList())
            File.Delete(file);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual("", await OnlyAsync("journal"));
    }

    [Fact]
    public async Task A_job_that_answers_something_else_is_named()
    {
        _jobs.Answer = c => Task.FromResult<JobReply>(new StoreRefused(c.JobId, "the store is away"));

        Assert.Equal("jobs do not answer as they should", await OnlyAsync("jobs"));
    }

    [Fact]
    public async Task A_part_that_does_not_answer_is_not_waited_for_for_long()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Answer = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource<JobReply>().Task;
        };
        var look = _readiness.CheckAsync(CancellationToken.None);
        await asked.Task.WaitAsync(Patience.Limit);
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("no answer within 3 s", (await look.WaitAsync(Patience.Limit)).Single(c => c.Name == "jobs").Problem);
    }

    [Fact]
    public async Task Probes_within_a_second_share_one_look()
    {
        await AllAreWellAsync();
        await _readiness.CheckAsync(CancellationToken.None);
        Assert.Equal(1, _jobs.Asked);

        await AllAreWellAsync();
        Assert.Equal(2, _jobs.Asked);
    }

    [Fact]
    public async Task A_node_that_leaves_its_cluster_is_named()
    {
        await AllAreWellAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.Get(_system).RegisterOnMemberRemoved(left.SetResult);
        Cluster.Get(_system).Leave(Cluster.Get(_system).SelfAddress);
        await left.Task.WaitAsync(Patience.Limit);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var checks = await _readiness.CheckAsync(CancellationToken.None);
        Assert.StartsWith("this node is ", checks.Single(c => c.Name == "cluster").Problem, StringComparison.Ordinal);
    }

    private async Task AllAreWellAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.All(await _readiness.CheckAsync(CancellationToken.None).WaitAsync(Patience.Limit), c => Assert.Null(c.Problem));
    }

    /// <summary>What is wrong with that part, which is the only one that something is wrong with.</summary>
    private async Task<string> OnlyAsync(string name)
    {
        var wrong = Assert.Single(await _readiness.CheckAsync(CancellationToken.None).WaitAsync(Patience.Limit), c => c.Problem is not null);
        Assert.Equal(name, wrong.Name);
        return wrong.Problem!;
    }

    /// <summary>Jobs that acknowledge the probe's report, as any job does.</summary>
    private sealed class AnsweringJobs : IJobs
    {
        private int _asked;

        public Func<JobCommand, Task<JobReply>> Answer { get; set; } =
            static command => Task.FromResult<JobReply>(new ReportAcknowledged(command.JobId, ((ReportAttempt)command).RunId, ((ReportAttempt)command).Number));

        public int Asked => Volatile.Read(ref _asked);

        public Task<JobReply> AskAsync(JobCommand command, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Answer(command);
        }
    }
}
