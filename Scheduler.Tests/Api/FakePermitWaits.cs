using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Tests.Api;

/// <summary>Jobs wait for what a spec says, which is nothing at first.</summary>
internal sealed class FakePermitWaits : IPermitWaits
{
    /// <summary>What every job waits for.</summary>
    public WaitingForPermit? Wait { get; set; }

    /// <summary>Who was asked.</summary>
    public List<JobId> Asked { get; } = [];

    /// <inheritdoc />
    public Task<WaitingForPermit?> FindAsync(JobId job, CancellationToken cancellationToken)
    {
        Asked.Add(job);
        return Task.FromResult(Wait);
    }
}
