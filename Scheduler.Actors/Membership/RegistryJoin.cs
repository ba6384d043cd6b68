using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace Scheduler.Actors.Membership;

/// <summary>
/// Lets this node find the others through the registry, join them or begin a cluster, and tell of itself for as long as it is a member. Started when the node
/// can host jobs, and not before: a member without regions holds up everybody's shards (2026-11: two minutes).
/// </summary>
/// <param name="system">The node's actor system, whose cluster it has not joined.</param>
/// <param name="registry">The registry.</param>
/// <param name="time">Paces it.</param>
/// <param name="log">Told of what is waited for, once each.</param>
public sealed partial class RegistryJoin(ActorSystem system, INodeRegistry registry, TimeProvider time, ILogger<RegistryJoin> log)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(4);

    private readonly Cluster _cluster = Cluster.Get(system);
    private DateTimeOffset? _quietSince;
    private IReadOnlyList<string> _asked = [];
    private string? _said;

    private string Self => _cluster.SelfAddress.HostAndPort();

    private long Uid => _cluster.SelfUniqueAddress.Uid;

    /// <summary>Runs until the node leaves.</summary>
    /// <param name="stop">Ends it; the entry is removed then.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberRemoved(() => left.TrySetResult());
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _ = left.Task.ContinueWith(_ => ending.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var isUp = false;
        while (!ending.IsCancellationRequested)
        {
            isUp = isUp || _cluster.SelfMember.Status is MemberStatus.Up;
            try
            {
                var now = await registry.BeatAsync(Self, Uid, isUp ? NodeState.Up : NodeState.Joining, ending.Token);
                if (!isUp)
                    await ActAsync(await WithoutGoneAsync(now, ending.Token), ending.Token);
                Said(null);
            }
            catch (RegistryUnavailableException e)
            {
                // A member goes on without it; who is none finds nobody.
                _quietSince = null;
                if (Said(e.Message))
                    LogUnavailable(e.Message);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(isUp ? s_beat : s_look, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await LeaveAsync();
    }

    /// <summary>
    /// Without those that were at this node's own address, on ports where nobody listens any more: with ports chosen by the system a process that was killed
    /// comes back at another one, and would wait for itself.
    /// </summary>
    private async Task<RegistryNow> WithoutGoneAsync(RegistryNow now, CancellationToken stop)
    {
        var nodes = new List<RegisteredNode>();
        foreach (var node in now.Nodes)
        {
            var address = Address(node.Address);
            if (address.Host != _cluster.SelfAddress.Host || address.Port == _cluster.SelfAddress.Port || !await IsRefusedAsync(address, stop))
                nodes.Add(node);
        }

        return now with { Nodes = nodes };
    }

    private static async Task<bool> IsRefusedAsync(Address address, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(s_look);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port!.Value, patience.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ActAsync(RegistryNow now, CancellationToken stop)
    {
        switch (JoinDecision.Of(now, Self, _quietSince))
        {
            case JoinDecision.Join join:
                _quietSince = null;
                if (!join.Members.SequenceEqual(_asked, StringComparer.Ordinal))
                {
                    _asked = join.Members;
                    LogJoining(string.Join(", ", join.Members));
                    _cluster.JoinSeedNodes(join.Members.Select(Address));
                }

                break;
            case JoinDecision.Begin:
                _quietSince ??= now.Now;
                if (!await registry.TryTakeBeginningAsync(Self, Uid, stop))
                {
                    if (Said("begin"))
                        LogOtherBegins();
                }
                else if (_asked is not [var only] || only != Self)
                {
                    _asked = [Self];
                    LogBeginning();
                    _cluster.Join(_cluster.SelfAddress);
                }

                break;
            case JoinDecision.Wait wait:
                _quietSince ??= now.Now;
                if (Said(wait.Because))
                    LogWaiting(wait.Because);
                break;
            default:
                throw new InvalidOperationException("Unknown decision.");
        }
    }

    private Address Address(string node)
    {
        var colon = node.LastIndexOf(':');
        return new Address(_cluster.SelfAddress.Protocol, _cluster.SelfAddress.System, node[..colon], int.Parse(node.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        try
        {
            await registry.LeaveAsync(Self, Uid, patience.Token);
        }
        catch (Exception e) when (e is RegistryUnavailableException or OperationCanceledException)
        {
            // Its entry is good for some seconds more.
        }
    }

    /// <summary>Whether it is something that was not said just before.</summary>
    private bool Said(string? what)
    {
        var isNew = what is not null && what != _said;
        _said = what ?? _said;
        return isNew;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This node joins the cluster of {Members}")]
    private partial void LogJoining(string members);

    [LoggerMessage(Level = LogLevel.Information, Message = "This node begins a cluster: no other is a member of one")]
    private partial void LogBeginning();

    [LoggerMessage(Level = LogLevel.Information, Message = "Another node begins a cluster: this one waits for it")]
    private partial void LogOtherBegins();

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node waits to join a cluster: {Because}")]
    private partial void LogWaiting(string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry of nodes cannot be reached: {Cause}")]
    private partial void LogUnavailable(string cause);
}
