using Scheduler.Actors.Execution.Limits;
using Xunit;

namespace Scheduler.Tests.Execution.Limits;

public sealed class RunQueueSpecs
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly List<RunRefusal> _timed = [];

    [Fact]
    public void The_highest_priority_comes_first_then_what_is_due_first_then_who_came_first()
    {
        var queue = Queue(new RunLimits());
        queue.Add("late", Claim(due: 2));
        queue.Add("early", Claim(due: 1));
        queue.Add("early too", Claim(due: 1));
        queue.Add("urgent", Claim(due: 3, priority: 5));
        queue.Add("whenever", Claim(due: 0, priority: -1));

        Assert.Equal(["urgent", "early", "early too", "late", "whenever"], TakeAll(queue));
    }

    [Fact]
    public void A_hundred_thousand_of_one_share_delay_another_s_only_one_by_one_turn()
    {
        var queue = Queue(new RunLimits());
        for (var n = 0; n < 100_000; n++)
            queue.Add($"many-{n}", Claim(due: n, share: "many"));
        Assert.Equal("many-0", Take(queue));
        queue.Add("only", Claim(due: 200_000, share: "other"));

        Assert.Equal(["many-1", "only", "many-2"], TakeAll(queue).Take(3));
    }

    [Fact]
    public void Shares_take_turns_whatever_is_due()
    {
        var queue = Queue(new RunLimits());
        foreach (var share in new[] { "a", "b", "c" })
        {
            for (var n = 0; n < 3; n++)
                queue.Add(share + n, Claim(due: n, share: share));
        }

        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"], TakeAll(queue));
    }

    [Fact]
    public void What_a_target_s_limit_holds_up_lets_others_pass_and_goes_on_when_one_has_left()
    {
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerOrigin = 2 });
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 5000; n++)
            queue.Add($"hangs-{n}", Claim(due: n, target: "http://hangs:80"));
        queue.Add("quick", Claim(due: 9999, target: "http://quick:80"));

        Assert.Equal(["hangs-0", "hangs-1", "quick"], TakeAll(queue));
        Leave(limiter, queue, Claim(target: "http://hangs:80"));
        Assert.Equal(["hangs-2"], TakeAll(queue));
    }

    [Fact]
    public void A_concurrency_key_has_its_own_limit_across_targets()
    {
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerConcurrencyKey = 1 });
        var queue = new RunQueue<string>(limiter);
        queue.Add("one", Claim(target: "handler:a", key: "k"));
        queue.Add("other", Claim(target: "handler:b", key: "k"));
        queue.Add("none", Claim(target: "handler:b"));

        Assert.Equal(["one", "none"], TakeAll(queue));
        Leave(limiter, queue, Claim(target: "handler:a", key: "k"));
        Assert.Equal(["other"], TakeAll(queue));
    }

    [Fact]
    public void Room_that_one_cannot_use_for_another_reason_is_the_next_one_s()
    {
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerConcurrencyKey = 1, MaxRunsPerOrigin = 1 });
        var queue = new RunQueue<string>(limiter);
        var elsewhere = Claim(target: "handler:a", key: "k1");
        var here = Claim(target: "http://t:80", key: "k0");
        limiter.Enter(elsewhere);
        limiter.Enter(here);
        queue.Add("a", Claim(target: "http://t:80", key: "k2"));
        queue.Add("b", Claim(target: "http://t:80", key: "k3"));
        Assert.Empty(TakeAll(queue));
        limiter.Enter(Claim(target: "handler:a", key: "k2"));

        Leave(limiter, queue, here);

        Assert.Equal(["b"], TakeAll(queue));
    }

    [Fact]
    public void Who_waits_no_more_is_passed_over_and_room_that_was_meant_for_it_is_not_lost()
    {
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerOrigin = 1 });
        var queue = new RunQueue<string>(limiter);
        var running = Claim(target: "http://t:80");
        limiter.Enter(running);
        queue.Add("gone", Claim(target: "http://t:80", share: "a"));
        queue.Add("stays", Claim(target: "http://t:80", share: "b"));
        Assert.Empty(TakeAll(queue));

        Assert.True(queue.Remove("gone"));
        Assert.False(queue.Remove("gone"));
        Leave(limiter, queue, running);

        Assert.Equal(["stays"], TakeAll(queue));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_rate_says_when_to_try_again()
    {
        using var limiter = new NodeRunLimiter(new RunLimits
        {
            Targets = new Dictionary<string, TargetLimit>(StringComparer.Ordinal) { ["handler:slow"] = new() { RunsPerSecond = 0.01, Burst = 2 } },
        });
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 4; n++)
            queue.Add($"slow-{n}", Claim(due: n, target: "handler:slow"));
        queue.Add("other", Claim(due: 9, target: "handler:other"));

        Assert.Equal(["slow-0", "slow-1", "other"], TakeAll(queue));
        var refusal = Assert.Single(_timed);
        Assert.InRange(refusal.After!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));

        queue.ReleaseAll(refusal.Limit);
        Assert.Empty(TakeAll(queue));
        Assert.Equal(2, _timed.Count);
    }

    [Fact]
    public void In_any_history_limits_hold_and_nobody_waits_for_room_that_is_there()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var limits = new RunLimits { MaxRunsPerOrigin = 1 + random.Next(3), MaxRunsPerConcurrencyKey = random.Next(3) == 0 ? null : 1 + random.Next(2) };
            using var limiter = new NodeRunLimiter(limits);
            var queue = new RunQueue<string>(limiter);
            var waiting = new Dictionary<string, RunClaim>(StringComparer.Ordinal);
            var running = new List<RunClaim>();
            for (var step = 0; step < 200; step++)
            {
                switch (random.Next(4))
                {
                    case 0 or 1:
                        // Now and then one comes back that had left, with another claim.
                        var who = random.Next(5) == 0 && waiting.Count > 0 ? waiting.Keys.First() : $"w{step}";
                        if (waiting.Remove(who))
                            Assert.True(queue.Remove(who));
                        waiting[who] = RandomClaim(random);
                        queue.Add(who, waiting[who]);
                        break;
                    case 2 when waiting.Count > 0:
                        var gone = waiting.Keys.ElementAt(random.Next(waiting.Count));
                        waiting.Remove(gone);
                        Assert.True(queue.Remove(gone));
                        break;
                    case 3 when running.Count > 0:
                        var ended = running[random.Next(running.Count)];
                        running.Remove(ended);
                        Leave(limiter, queue, ended);
                        break;
                    default:
                        break;
                }

                // A node has a limit of its own, which is what makes lanes wait that could start.
                while (running.Count < 6 && queue.Take(out var claim, _timed.Add) is { } taken)
                {
                    Assert.Equal(waiting[taken], claim);
                    Assert.True(MayStart(claim!, running, limits), $"seed {seed}, step {step}: {taken} is above a limit");
                    waiting.Remove(taken);
                    running.Add(claim!);
                }

                if (running.Count < 6)
                    Assert.DoesNotContain(waiting, one => MayStart(one.Value, running, limits));
                Assert.Equal(waiting.Count, queue.Count);
            }
        }
    }

    private static bool MayStart(RunClaim claim, List<RunClaim> running, RunLimits limits) =>
        running.Count(r => r.Target == claim.Target) < limits.MaxRunsPerOrigin
        && (claim.ConcurrencyKey is null || !(running.Count(r => r.ConcurrencyKey == claim.ConcurrencyKey) >= limits.MaxRunsPerConcurrencyKey));

    private static RunClaim RandomClaim(Random random)
    {
        var key = random.Next(3) == 0 ? null : $"k{random.Next(3)}";
        return Claim(random.Next(50), random.Next(3), $"http://t{random.Next(3)}:80", key, key ?? $"tag{random.Next(2)}");
    }

    private static RunClaim Claim(int due = 0, int priority = 0, string target = "handler:any", string? key = null, string? share = null) =>
        new(priority, T0.AddSeconds(due), target, key, share ?? key ?? "");

    private static RunQueue<string> Queue(RunLimits limits) => new(new NodeRunLimiter(limits));

    private static void Leave(NodeRunLimiter limiter, RunQueue<string> queue, RunClaim claim)
    {
        limiter.Leave(claim);
        foreach (var limit in limiter.LimitsOf(claim))
            queue.Release(limit);
    }

    private string? Take(RunQueue<string> queue) => queue.Take(out _, _timed.Add);

    private List<string> TakeAll(RunQueue<string> queue)
    {
        var taken = new List<string>();
        while (Take(queue) is { } who)
            taken.Add(who);
        return taken;
    }
}
