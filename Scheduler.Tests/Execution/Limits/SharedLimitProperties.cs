using System.Globalization;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Execution.Limits.Shared;
using Scheduler.Actors.Messages;
using Xunit;

namespace Scheduler.Tests.Execution.Limits;

/// <summary>A limit over three nodes whose messages get lost, and which moves.</summary>
public sealed class SharedLimitProperties
{
    private static readonly RunLimit s_key = new(LimitOn.Key, "k");
    private static readonly string s_name = SharedLimit.NameOf(s_key);

    /// <summary>Each number is a step: which node, and what happens there.</summary>
    [Property(MaxTest = 2000, EndSize = 300)]
    public void Never_are_there_more_runs_than_the_limit_and_whoever_waits_gets_its_turn(byte[] steps)
    {
        var cluster = new ThreeNodes(places: 2);
        foreach (var step in steps)
        {
            cluster.Do(step);
            Assert.InRange(cluster.InUse, 0, 2);
        }

        cluster.Calm();
        Assert.InRange(cluster.InUse, 0, 2);
        Assert.True(cluster.InUse == 2 || cluster.Waiting == 0, $"{cluster.Waiting} wait and {cluster.InUse} run");
    }

    private sealed class ThreeNodes
    {
        private static readonly WorkerNode[] s_names = [.. Enumerable.Range(1, 3).Select(n => new WorkerNode($"akka.tcp://scheduler@10.0.0.{n}:4053", n))];

        private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
        private readonly LimitPlaces[] _nodes;
        private readonly int[] _waiting = new int[3];
        private readonly Queue<LimitNeed>[] _needs = [new(), new(), new()];
        private readonly Queue<object>[] _grants = [new(), new(), new()];
        private readonly int _places;
        private LimitLedger _ledger = null!;
        private string _id = "";
        private int _ledgers;

        public ThreeNodes(int places)
        {
            _places = places;
            _nodes = [.. s_names.Select(name => new LimitPlaces(name, _clock))];
            Move(isBehind: false);
        }

        public int InUse => _nodes.Sum(node => node.InUse(s_key));

        public int Waiting => _waiting.Sum();

        public void Do(byte step)
        {
            var node = step % 3;
            switch (step / 3 % 9)
            {
                case 0 or 1:
                    _waiting[node]++;
                    Start(node);
                    break;
                case 2 when _nodes[node].InUse(s_key) > 0:
                    _nodes[node].Leave(s_key);
                    Start(node);
                    break;
                case 3 or 4:
                    Deliver(_needs[node]);
                    break;
                case 5 or 6:
                    Deliver(node);
                    break;
                case 7 when step < 100:
                    _needs[node].TryDequeue(out _);
                    _grants[node].TryDequeue(out _);
                    break;
                case 8 when step < 160:
                    Move(isBehind: step % 2 == 0);
                    break;
                default:
                    Say(node, all: true);
                    break;
            }
        }

        /// <summary>Nothing is lost any more, and a node that never heard that it was asked is waited for no longer than a lease.</summary>
        public void Calm()
        {
            for (var round = 0; round < 20; round++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                Send(_ledger.Tick(_clock.GetUtcNow()));
                for (var node = 0; node < 3; node++)
                {
                    Say(node, all: true);
                    while (_needs[node].Count > 0)
                        Deliver(_needs[node]);
                }

                for (var node = 0; node < 3; node++)
                {
                    while (_grants[node].Count > 0)
                        Deliver(node);
                }
            }
        }

        private void Start(int node)
        {
            while (_waiting[node] > 0 && _nodes[node].TryTake(s_key))
                _waiting[node]--;
            _nodes[node].GiveBackUnused(_ => _waiting[node], isLate: false);
            Say(node, all: false);
        }

        private void Say(int node, bool all)
        {
            foreach (var need in _nodes[node].Needs(_ => _waiting[node], all))
                _needs[node].Enqueue(need);
        }

        private void Deliver(Queue<LimitNeed> needs)
        {
            if (!needs.TryDequeue(out var need))
                return;
            if (string.CompareOrdinal(need.Ledger, _id) > 0)
                Begin(long.Parse(need.Ledger, CultureInfo.InvariantCulture) + 1);
            Send(_ledger.Hear(need, _clock.GetUtcNow()));
        }

        private void Send(IReadOnlyList<LimitShare> shares)
        {
            foreach (var share in shares)
            {
                _grants[Array.IndexOf(s_names, share.Node)].Enqueue(
                    new LimitGranted(s_name, share.Ledger) { Number = share.Number, Places = share.Places, At = share.At });
            }
        }

        private void Deliver(int node)
        {
            if (!_grants[node].TryDequeue(out var message))
                return;
            if (message is LimitGranted granted)
                _nodes[node].Hear(s_key, granted);
            else
                _nodes[node].Hear(s_key, (AskLimitNeed)message);
            Start(node);
        }

        /// <summary>It begins anew elsewhere. What the one before has sent is still on its way, and may be overtaken by what this one asks.</summary>
        private void Move(bool isBehind)
        {
            // Its clock may be behind that of the node before; no two begin at one instant.
            var at = ++_ledgers - (isBehind ? 3 : 0);
            Begin((1000 * (at + 10)) + _ledgers);
        }

        private void Begin(long number)
        {
            var id = number.ToString("D19", CultureInfo.InvariantCulture);
            _id = id;
            _ledger = new LimitLedger(id, _places, rate: null, SharedLimit.Lease, _clock.GetUtcNow());
            _ledger.Await(s_names);
            for (var node = 0; node < 3; node++)
            {
                var before = _grants[node].ToArray();
                _grants[node].Clear();
                _grants[node].Enqueue(new AskLimitNeed(s_name, id));
                foreach (var message in before)
                    _grants[node].Enqueue(message);
            }
        }
    }
}
