using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class RunLimitSpecs : RunsSpec
{
    [Fact]
    public async Task There_are_no_more_permits_than_runs_are_allowed_and_those_who_wait_get_them_in_order()
    {
        Options = Options with { MaxConcurrentRuns = 2 };
        var jobs = Enumerable.Range(0, 5).Select(_ => NewJob()).ToList();
        foreach (var job in jobs)
            Ask(job);
        await GrantedAsync(jobs[0]);
        await GrantedAsync(jobs[1]);

        for (var next = 2; next < jobs.Count; next++)
        {
            foreach (var waiting in jobs[next..])
                await NothingForAsync(waiting);
            GiveBack(jobs[next - 2]);
            await GrantedAsync(jobs[next]);
        }
    }

    [Fact]
    public async Task A_host_that_hangs_holds_its_own_permits_only_and_gets_them_back_one_by_one()
    {
        Options = Options with { MaxConcurrentRuns = 10, Limits = new RunLimits { MaxRunsPerOrigin = 2 } };
        var hanging = Enumerable.Range(0, 50).Select(n => (Job: NewJob(), Attempt: Webhook($"hangs-{n}", "http://hangs.example.org/a"))).ToList();
        foreach (var (job, attempt) in hanging)
            Ask(job, attempt);
        await GrantedAsync(hanging[0].Job);
        await GrantedAsync(hanging[1].Job);

        var quick = NewJob();
        Ask(quick, Webhook("quick", "http://quick.example.org/"));
        await GrantedAsync(quick);
        await NothingForAsync(hanging[2].Job);

        Runs.Tell(new StartAttempt(1, hanging[0].Attempt), hanging[0].Job);
        (await Targets.Calls.NextAsync()).Succeed();
        Acknowledge(await ReportedAsync());
        await GrantedAsync(hanging[2].Job);
        await NothingForAsync(hanging[3].Job);
    }

    [Fact]
    public async Task A_rate_lets_the_next_one_start_when_its_time_has_come()
    {
        var limit = new TargetLimit { RunsPerSecond = 1000 };
        Options = Options with
        {
            MaxConcurrentRuns = 10,
            Limits = new RunLimits { Targets = new Dictionary<string, TargetLimit>(StringComparer.Ordinal) { ["http://limited.example.org:80"] = limit } },
        };
        var jobs = Enumerable.Range(0, 3).Select(n => (Job: NewJob(), Attempt: Webhook($"limited-{n}", "http://limited.example.org/"))).ToList();
        foreach (var (job, attempt) in jobs)
            Ask(job, attempt);

        // Its time comes by the machine's clock, and is looked for by the node's, which goes along here. Without a pause between
        // the steps a thousand looks would be in the mailbox before the first of them was taken out.
        using var moving = new CancellationTokenSource();
        var clock = Task.Run(async () =>
        {
            using var steps = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (!moving.IsCancellationRequested && await steps.WaitForNextTickAsync())
                Clock.Advance(TimeSpan.FromMilliseconds(10));
        });
        foreach (var (job, _) in jobs)
            await GrantedAsync(job);
        await moving.CancelAsync();
        await clock;
    }

    [Fact]
    public async Task A_permit_goes_on_to_the_worker_and_comes_back_when_the_outcome_is_acknowledged()
    {
        var call = await RunAsync(AttemptOf("first"));
        var next = NewJob();
        Ask(next);
        call.Succeed();
        var report = await ReportedAsync();
        await NothingForAsync(next);

        Acknowledge(report);
        await GrantedAsync(next);
    }

    [Fact]
    public async Task A_job_that_does_not_want_its_permit_any_more_is_passed_over()
    {
        var holder = NewJob();
        var first = NewJob();
        var second = NewJob();
        Ask(holder);
        Ask(first);
        Ask(second);
        GiveBack(first);
        GiveBack(holder);

        await GrantedAsync(second);
        await NothingForAsync(first);
    }

    [Fact]
    public async Task Giving_back_what_one_does_not_hold_makes_no_permits()
    {
        var holder = NewJob();
        var waiting = NewJob();
        Ask(holder, request: 2);
        await GrantedAsync(holder, request: 2);
        Ask(waiting);
        GiveBack(holder, request: 1);
        GiveBack(NewJob());
        GiveBack(waiting, request: 7);
        await NothingForAsync(waiting);

        GiveBack(holder, request: 2);
        GiveBack(holder, request: 2);
        await GrantedAsync(waiting);
        var last = NewJob();
        Ask(last);
        await NothingForAsync(last);
    }

    [Fact]
    public async Task A_request_that_is_repeated_is_one_request()
    {
        var holder = NewJob();
        var job = NewJob();
        Ask(holder);
        Ask(job);
        Ask(job);
        GiveBack(holder);
        await GrantedAsync(job);
        GiveBack(job);

        await NothingForAsync(job);
    }

    [Fact]
    public async Task An_attempt_that_is_stored_runs_even_without_a_permit_and_the_count_is_made_good()
    {
        var first = await RunAsync(AttemptOf("first"));
        Runs.Tell(new StartAttempt(9, AttemptOf("second")), NewJob());
        var second = await Targets.Calls.NextAsync();
        var waiting = NewJob();
        Ask(waiting);

        first.Succeed();
        Acknowledge(await ReportedAsync());
        await NothingForAsync(waiting);
        second.Succeed();
        Acknowledge(await ReportedAsync());
        await GrantedAsync(waiting);
    }

    [Fact]
    public async Task An_attempt_is_here_until_its_outcome_is_acknowledged()
    {
        var attempt = AttemptOf("first");
        Assert.False(await IsHereAsync(attempt));
        var call = await RunAsync(attempt);
        Assert.True(await IsHereAsync(attempt));
        Assert.False(await IsHereAsync(attempt with { Number = 2 }));

        call.Succeed();
        var report = await ReportedAsync();
        Assert.True(await IsHereAsync(attempt));

        var worker = Watch(await WorkerAsync());
        Acknowledge(report);
        await ExpectTerminatedAsync(worker, Patience.Limit);
        var next = NewJob();
        Ask(next);
        await GrantedAsync(next);
        Assert.False(await IsHereAsync(attempt));
    }

    [Fact]
    public async Task A_worker_that_crashes_is_reported_as_failed_and_its_permit_comes_back_after_that()
    {
        var attempt = AttemptOf("first");
        var call = await RunAsync(attempt);
        var next = NewJob();
        Ask(next);
        (await WorkerAsync()).Tell(Kill.Instance);

        var report = await ReportedAsync();
        var outcome = Assert.IsType<AttemptNotSucceeded>(report.Outcome);
        Assert.Equal((attempt.RunId, 1, FailureKind.Failed, true), (report.RunId, report.Number, outcome.Kind, outcome.Retryable));
        Assert.True(await IsHereAsync(attempt));
        await NothingForAsync(next);
        await call.Cancelled;

        Acknowledge(report);
        await GrantedAsync(next);
    }

    [Fact]
    public async Task A_node_where_nothing_runs_is_drained_at_once_and_grants_nothing_any_more()
    {
        await Runs.Ask<Drained>(DrainRuns.Instance, Patience.Limit);
        var job = NewJob();
        Ask(job);

        await NothingForAsync(job);
    }

    [Fact]
    public async Task Draining_waits_for_the_attempts_that_run_and_starts_none_of_those_that_wait()
    {
        var call = await RunAsync(AttemptOf("first"));
        var waiting = NewJob();
        Ask(waiting);
        var drainer = NewJob();
        Runs.Tell(DrainRuns.Instance, drainer);
        call.Succeed();
        var report = await ReportedAsync();
        await NothingForAsync(drainer);

        Acknowledge(report);
        await drainer.ExpectMsgAsync<Drained>(Patience.Limit);
        await NothingForAsync(waiting);
    }

    [Fact]
    public async Task Draining_waits_for_a_permit_whose_attempt_may_be_stored_already()
    {
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        var drainer = NewJob();
        Runs.Tell(DrainRuns.Instance, drainer);
        await NothingForAsync(drainer);

        var attempt = AttemptOf("first");
        Runs.Tell(new StartAttempt(1, attempt), job);
        await HandedBackAsync(attempt);
        await drainer.ExpectMsgAsync<Drained>(Patience.Limit);
        Assert.Empty(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_worker_that_crashes_while_its_node_drains_is_reported_too()
    {
        var attempt = AttemptOf("first");
        await RunAsync(attempt);
        var drainer = NewJob();
        Runs.Tell(DrainRuns.Instance, drainer);
        (await WorkerAsync()).Tell(Kill.Instance);

        var report = await ReportedAsync();
        Assert.True(await IsHereAsync(attempt));
        await NothingForAsync(drainer);
        Acknowledge(report);
        await drainer.ExpectMsgAsync<Drained>(Patience.Limit);
    }

    [Fact]
    public async Task Of_those_that_are_due_at_one_instant_the_highest_priorities_start_and_not_who_asked_first()
    {
        Options = Options with { MaxConcurrentRuns = 2 };
        GrantAhead = TimeSpan.FromMilliseconds(100);
        var due = Start.AddMilliseconds(130);
        var jobs = Enumerable.Range(0, 10).Select(_ => NewJob()).ToList();
        foreach (var (priority, job) in jobs.Index())
            Ask(job, Prioritised(priority, due));
        Clock.Advance(TimeSpan.FromMilliseconds(29));
        foreach (var job in jobs)
            await NothingForAsync(job);

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await GrantedAsync(jobs[9]);
        await GrantedAsync(jobs[8]);
        foreach (var job in jobs[..8])
            await NothingForAsync(job);
    }

    [Fact]
    public async Task What_is_near_or_due_waits_for_nobody_else_to_ask()
    {
        Options = Options with { MaxConcurrentRuns = 4 };
        GrantAhead = TimeSpan.FromMilliseconds(100);
        var near = NewJob();
        Ask(near, Prioritised(0, Start.AddMilliseconds(100)));
        await GrantedAsync(near);
        var far = NewJob();
        Ask(far, Prioritised(0, Start.AddMilliseconds(200)));
        var gone = NewJob();
        Ask(gone, Prioritised(0, Start.AddMilliseconds(150)));
        GiveBack(gone);
        var middle = NewJob();
        Ask(middle, Prioritised(0, Start.AddMilliseconds(150)));
        await SeenAsync();

        Clock.Advance(TimeSpan.FromMilliseconds(50));
        await GrantedAsync(middle);
        await NothingForAsync(far);
        Clock.Advance(TimeSpan.FromMilliseconds(50));
        await GrantedAsync(far);
        await NothingForAsync(gone);
    }

    private static Attempt Prioritised(int priority, DateTimeOffset due)
    {
        var attempt = AttemptOf("any", due);
        return attempt with { Definition = attempt.Definition with { Priority = priority } };
    }

    private static Attempt Webhook(string job, string url)
    {
        var attempt = AttemptOf(job);
        return attempt with { Definition = attempt.Definition with { Target = new HttpTarget("POST", url, [], Body: null) } };
    }
}
