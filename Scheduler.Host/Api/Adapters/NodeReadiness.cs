using Akka.Actor;
using Akka.Cluster;
using Akka.Persistence;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>
/// Whether a job can be created and read: this node is a member, a job answers (which takes its shard, and its journal to recover from),
/// journal and read model take writes, the read model's projections get on, and attempts may start. Probes that come at once share one look.
/// </summary>
internal sealed class NodeReadiness(
    ActorSystem system, IJobs jobs, IJobViewStore views, ProjectionLag projections, string journalId, StartGate gate, Func<bool> isLeaving, TimeProvider time) : IReadiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How long a look is good for, so that probing is no load.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    /// <summary>A job that never exists; if somebody creates it all the same, the probe's report of a run that it never had changes nothing.</summary>
    private static readonly JobId Probe = JobId.Parse("_ready");

    private readonly Lock _looking = new();
    private Task<IReadOnlyList<ReadinessCheck>>? _last;
    private long _lastAt;

    /// <inheritdoc />
    public Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        lock (_looking)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_lastAt) >= GoodFor))
            {
                _lastAt = time.GetTimestamp();
                _last = LookAsync();
            }

            return _last.WaitAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyList<ReadinessCheck>> LookAsync() => await Task.WhenAll(
        CheckAsync("cluster", _ =>
        {
            var status = Cluster.Get(system).SelfMember.Status;
            return Task.FromResult(isLeaving() ? "this node is about to leave" : status is MemberStatus.Up ? null : $"this node is {status.ToString().ToLowerInvariant()}");
        }),
        CheckAsync("jobs", async stop =>
        {
            var report = new ReportAttempt(
                Probe, RunId.Scheduled(Probe, generation: 0, DateTimeOffset.UnixEpoch), Number: 0, new AttemptSucceeded(Output: null, AttemptTiming.Unknown));
            return await jobs.AskAsync(report, stop) is ReportAcknowledged ? null : "jobs do not answer as they should";
        }),
        CheckAsync("journal", async stop =>
        {
            var health = await Akka.Persistence.Persistence.Instance.Apply(system).CheckJournalHealthAsync(journalId, stop);
            return health.Status is PersistenceHealthStatus.Healthy ? null : health.Description ?? "not healthy";
        }),
        CheckAsync("views", async stop =>
        {
            await views.CheckAsync(stop);
            await views.FindJobAsync(Probe, stop);
            return Failing(projections.Failing);
        }),
        CheckAsync("starts", _ => Task.FromResult(gate.IsOpen ? null : "this node starts nothing: " + string.Join("; ", gate.Reasons.Select(r => r.Because)))));

    private static string? Failing(IReadOnlyList<SliceLag> slices) => slices.Count == 0
        ? null
        : $"the projections of {slices.Count} of {JobId.Slices} slices fail ({string.Join(", ", slices.Select(s => s.Slice))}), the first since {slices.Min(s => s.Failure!.Since):O}: {slices[0].Failure!.Error}";

    private async Task<ReadinessCheck> CheckAsync(string name, Func<CancellationToken, Task<string?>> check)
    {
        using var stop = new CancellationTokenSource(Patience, time);
        try
        {
            return new ReadinessCheck(name, await Task.Run(() => check(stop.Token), stop.Token).WaitAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            return new ReadinessCheck(name, $"no answer within {Patience.TotalSeconds} s");
        }
        catch (Exception e)
        {
            // Whatever it is, the answer to a probe is that this part does not work.
            return new ReadinessCheck(name, e.Message);
        }
    }
}
