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
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerOrigin = 2 }, permits: 0);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 5000; n++)
            queue.Add($"hangs-{n}", Claim(due: n, target: "http://hangs:80"));
        queue.Add("quick", Claim(due: 9999, target: "http://quick:80"));

        Assert.Equal(["hangs-0", "quick", "hangs-1"], TakeAll(queue));
        Leave(limiter, queue, Claim(target: "http://hangs:80"));
        Assert.Equal(["hangs-2"], TakeAll(queue));
    }

    [Fact]
    public void A_concurrency_key_has_its_own_limit_across_targets()
    {
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerConcurrencyKey = 1 }, permits: 0);
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
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerConcurrencyKey = 1, MaxRunsPerOrigin = 1 }, permits: 0);
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
        using var limiter = new NodeRunLimiter(new RunLimits { MaxRunsPerOrigin = 1 }, permits: 0);
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
    public void Targets_of_one_share_take_turns()
    {
        var queue = Queue(new RunLimits());
        for (var n = 0; n < 1000; n++)
            queue.Add($"slow-{n}", Claim(due: n, target: "http://slow:80"));
        queue.Add("quick", Claim(due: 5000, target: "http://quick:80"));

        Assert.Equal(["slow-0", "quick", "slow-1"], TakeAll(queue).Take(3));
    }

    [Theory]
    [InlineData("http://hangs-{0}:80", 4, 51)]
    [InlineData("http://hangs-{0}:80", 10, 21)]
    [InlineData("handler:hangs-{0}", 2, 95)]
    [InlineData("amqp:hangs-{0}", 1, 168)]
    public void However_many_targets_hang_each_has_its_share_and_whoever_comes_next_starts_at_once(string target, int targets, int least)
    {
        using var limiter = new NodeRunLimiter(new RunLimits(), permits: 256);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 300 * targets; n++)
            queue.Add($"w{n}", Claim(due: n, target: string.Format(System.Globalization.CultureInfo.InvariantCulture, target, n % targets)));
        var taken = TakeAll(queue).Count;
        Assert.InRange(taken, least * targets, (least + 1) * targets);

        queue.Add("handler", Claim(due: 9999, target: "handler:other"));
        queue.Add("webhook", Claim(due: 9999, target: "http://other:80"));
        queue.Add("message", Claim(due: 9999, target: "amqp:other"));
        Assert.Equal(["handler", "message", "webhook"], TakeAll(queue).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_kind_of_target_leaves_an_eighth_to_the_others_however_many_it_has()
    {
        using var limiter = new NodeRunLimiter(new RunLimits(), permits: 256);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 400; n++)
            queue.Add($"w{n}", Claim(due: n, target: $"http://hangs-{n}:80"));
        Assert.Equal(224, TakeAll(queue).Count);
        Assert.Equal("http", queue.FindLimit("w399")!.Value.ToString());

        queue.Add("handler", Claim(due: 9999, target: "handler:other"));
        Assert.Equal(["handler"], TakeAll(queue));
        Leave(limiter, queue, Claim(target: "http://hangs-0:80"));
        Assert.Equal(["w224"], TakeAll(queue));
    }

    [Fact]
    public void A_concurrency_key_has_its_share_across_targets()
    {
        using var limiter = new NodeRunLimiter(new RunLimits(), permits: 256);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 400; n++)
            queue.Add($"w{n}", Claim(due: n, target: $"http://hangs-{n}:80", key: "k"));
        Assert.Equal(192, TakeAll(queue).Count);
        Assert.Equal("key:k", queue.FindLimit("w399")!.Value.ToString());
        Assert.Null(queue.FindLimit("w0"));

        // Any run that leaves makes room, not only its own: the share goes by what is free.
        var other = Claim(target: "handler:other");
        queue.Add("other", other);
        Assert.Equal(["other"], TakeAll(queue));
        Leave(limiter, queue, other);
        Leave(limiter, queue, Claim(target: "http://hangs-0:80", key: "k"));
        Assert.Equal(["w192"], TakeAll(queue));
    }

    [Fact]
    public void A_node_of_few_permits_has_no_shares()
    {
        using var limiter = new NodeRunLimiter(new RunLimits(), permits: NodeRunLimiter.LeastToShare - 1);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < NodeRunLimiter.LeastToShare - 1; n++)
            queue.Add($"w{n}", Claim(due: n));

        Assert.Equal(NodeRunLimiter.LeastToShare - 1, TakeAll(queue).Count);
    }

    [Fact]
    public void A_rate_says_when_to_try_again()
    {
        using var limiter = new NodeRunLimiter(new RunLimits
        {
            Targets = new Dictionary<string, TargetLimit>(StringComparer.Ordinal) { ["handler:slow"] = new() { RunsPerSecond = 0.01, Burst = 2 } },
        }, permits: 0);
        var queue = new RunQueue<string>(limiter);
        for (var n = 0; n < 4; n++)
            queue.Add($"slow-{n}", Claim(due: n, target: "handler:slow"));
        queue.Add("other", Claim(due: 9, target: "handler:other"));

        Assert.Equal(["slow-0", "other", "slow-1"], TakeAll(queue));
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
            var permits = random.Next(2) == 0 ? 6 : NodeRunLimiter.LeastToShare + random.Next(10);
            if (permits >= NodeRunLimiter.LeastToShare)
                limits = limits with { MaxRunsPerOrigin = 2 + random.Next(20), MaxRunsPerConcurrencyKey = random.Next(3) == 0 ? 8 : null };
            using var limiter = new NodeRunLimiter(limits, permits);
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
                while (running.Count < permits && queue.Take(out var claim, _timed.Add) is { } taken)
                {
                    Assert.Equal(waiting[taken], claim);
                    Assert.True(MayStart(claim!, running, limits, permits), $"seed {seed}, step {step}: {taken} is above a limit");
                    waiting.Remove(taken);
                    running.Add(claim!);
                }

                if (running.Count < permits)
                    Assert.DoesNotContain(waiting, one => MayStart(one.Value, running, limits, permits));
                Assert.Equal(waiting.Count, queue.Count);
            }
        }
    }

    private static bool MayStart(RunClaim claim, List<RunClaim> running, RunLimits limits, int permits)
    {
        var ofTarget = running.Count(r => r.Target == claim.Target);
        var ofKey = claim.ConcurrencyKey is null ? 0 : running.Count(r => r.ConcurrencyKey == claim.ConcurrencyKey);
        if ((claim.Kind == "http" && ofTarget >= limits.MaxRunsPerOrigin) || (claim.ConcurrencyKey is not null && ofKey >= limits.MaxRunsPerConcurrencyKey))
            return false;
        return permits < NodeRunLimiter.LeastToShare
            || (FreeToKind() > 0 && IsWithin(ofTarget, FreeToKind()) && IsWithin(ofKey, permits - running.Count));

        int FreeToKind() => Math.Min(permits - running.Count, permits - (permits / 8) - running.Count(r => r.Kind == claim.Kind));

        static bool IsWithin(int held, int free) => held == 0 || held < 3 * free;
    }

    private static RunClaim RandomClaim(Random random)
    {
        var key = random.Next(3) == 0 ? null : $"k{random.Next(3)}";
        var target = random.Next(4) == 0 ? "handler:h" : $"http://t{random.Next(3)}:80";
        return Claim(random.Next(50), random.Next(3), target, key, key ?? $"tag{random.Next(2)}");
    }

    private static RunClaim Claim(int due = 0, int priority = 0, string target = "handler:any", string? key = null, string? share = null) =>
        new(priority, T0.AddSeconds(due), target, key, share ?? key ?? "");

    private static RunQueue<string> Queue(RunLimits limits) => new(new NodeRunLimiter(limits, permits: 0));

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
