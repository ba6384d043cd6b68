using Scheduler.Tests.EndToEnd;
using Scheduler.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Scheduler.Tests.ManyNodes;

/// <summary>
/// Real nodes, each in a network of its own, and what happens to them; checked by what an outsider sees. One cluster goes through all of it, in any order: each
/// spec begins with three nodes that are together, and leaves them so. Lateness is printed and not judged: the machine's is in it.
/// </summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class ManyNodesSpecs(ClusterUnderTest cluster, ITestOutputHelper output) : IClassFixture<ClusterUnderTest>
{
    private const int Jobs = 24;

    [SkippableFact]
    public async Task Nodes_that_start_at_once_are_one_cluster_whichever_are_there_and_a_later_one_joins_it()
    {
        await TogetherAsync();

        cluster.Node(4).Start();
        await cluster.TogetherAsync(1, 2, 3, 4);

        Assert.Equal(0, await cluster.Node(4).StopAsync());
        await cluster.TogetherAsync(1, 2, 3);
    }

    [SkippableFact]
    public async Task A_job_without_an_id_of_its_own_runs_on_the_node_that_was_asked()
    {
        await TogetherAsync();
        // Slices move to a node that has just joined a few at a time.
        for (var number = 1; number <= 3; number++)
        {
            var from = cluster.Network.Address(number);
            await Eventually.AnswersAsync(
                async () =>
                {
                    var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cluster.OnceAsync(through: number)));
                    return await cluster.CallersAsync(jobs);
                },
                callers => callers.All(caller => caller == from),
                callers => $"{from} was asked, and {string.Join(", ", callers)} called");
        }
    }

    [SkippableFact]
    public async Task A_node_that_is_asked_to_stop_hands_its_jobs_over_and_nothing_is_called_twice()
    {
        var jobs = await BeginAsync("drain");

        Assert.Equal(0, await cluster.Node(2).StopAsync());
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());

        var calls = cluster.Log.Calls.Where(call => jobs.Contains(call.Job)).ToList();
        Assert.Equal(calls.Count, calls.DistinctBy(call => call.Run).Count());
        await EndAsync("drain", jobs, through: 1);
    }

    [SkippableFact]
    public async Task A_node_that_is_killed_is_done_without_and_comes_back()
    {
        var jobs = await BeginAsync("kill");

        await cluster.Node(1).KillAsync(again: false);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());

        await EndAsync("kill", jobs, through: 3);
    }

    [SkippableFact]
    public async Task The_last_of_three_goes_on_when_two_are_killed()
    {
        var jobs = await BeginAsync("two");
        var exits = cluster.Node(3).Exits.Count;

        await Task.WhenAll(cluster.Node(1).KillAsync(again: false), cluster.Node(2).KillAsync(again: false));
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());

        Assert.Equal(exits, cluster.Node(3).Exits.Count);
        await EndAsync("two", jobs, through: 3);
    }

    [SkippableFact]
    public async Task A_node_that_is_cut_off_ends_itself_and_joins_again_when_it_can()
    {
        var jobs = await BeginAsync("cut");
        var exits = cluster.Node(3).Exits.Count;

        await cluster.Network.CutAsync(3);
        await Eventually.AnswersAsync(() => Task.FromResult(cluster.Node(3).Exits), seen => seen.Count > exits, seen => $"{seen.Count} exits");
        Assert.Equal(Host.Configuration.Node.DownedExitCode, cluster.Node(3).Exits[exits]);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());
        await cluster.Network.HealAsync(3);

        await EndAsync("cut", jobs, through: 1);
    }

    [SkippableFact]
    public async Task A_node_that_stood_still_for_long_ends_as_soon_as_it_goes_on()
    {
        var jobs = await BeginAsync("pause");
        var (exits, node) = (cluster.Node(2).Exits.Count, cluster.Node(2).ProcessId);

        PosixSignal.Send(node, PosixSignal.SigStop);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow().AddSeconds(5));
        PosixSignal.Send(node, PosixSignal.SigCont);
        await Eventually.AnswersAsync(() => Task.FromResult(cluster.Node(2).Exits), seen => seen.Count > exits, seen => $"{seen.Count} exits");
        Assert.Equal(Host.Configuration.Node.DownedExitCode, cluster.Node(2).Exits[exits]);

        await EndAsync("pause", jobs, through: 1);
    }

    [SkippableFact]
    public async Task A_concurrency_keys_runs_are_counted_over_all_nodes_also_when_one_stops_and_one_is_killed()
    {
        await TogetherAsync();
        // Twelve that take 150 ms each, two at once: all of them fire, and somebody always waits.
        var jobs = await cluster.SlowTicksAsync(12, "limited", 1, 2, 3);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());
        Assert.True(cluster.Log.Calls.Where(call => jobs.Contains(call.Job)).DistinctBy(call => call.From).Count() > 1, "Only one node ran them.");

        Assert.Equal(0, await cluster.Node(2).StopAsync());
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());
        await cluster.Node(1).KillAsync(again: false);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());

        Assert.Equal(ClusterUnderTest.MostRunsOfKey, cluster.Log.MostAtOnce("limited"));
        await EndAsync("limited", jobs, through: 3);
    }

    [SkippableFact]
    public async Task A_node_that_cannot_start_harms_nobody()
    {
        var jobs = await BeginAsync("stray");
        await using var stray = cluster.Stray(4);

        stray.Start();
        await Eventually.AnswersAsync(() => Task.FromResult(stray.Exits), static seen => seen.Count > 1, seen => $"{seen.Count} exits: {stray.Output}", TimeSpan.FromMinutes(4));
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());

        await EndAsync("stray", jobs, through: 1);
    }

    private async Task TogetherAsync()
    {
        for (var number = 1; number <= 3; number++)
        {
            if (!cluster.Node(number).IsRunning)
                cluster.Node(number).Start();
        }

        await cluster.TogetherAsync(1, 2, 3);
    }

    private async Task<IReadOnlyList<string>> BeginAsync(string name)
    {
        await TogetherAsync();
        var jobs = await cluster.TicksAsync(Jobs, name, 1, 2, 3);
        await cluster.FireAfterAsync(jobs, TimeProvider.System.GetUtcNow());
        return jobs;
    }

    private async Task EndAsync(string name, IReadOnlyCollection<string> jobs, int through)
    {
        output.WriteLine($"{name}: the latest call came {(await cluster.CheckAsync(jobs, through)).TotalSeconds:0.0} s late");
        await cluster.ForgetAsync(jobs, through);
        await TogetherAsync();
    }
}
