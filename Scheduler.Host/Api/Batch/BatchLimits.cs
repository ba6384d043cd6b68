namespace Scheduler.Host.Api.Batch;

/// <summary>What batches may take of a node: a batch holds a connection and buffers for as long as its client likes.</summary>
internal sealed record BatchLimits
{
    /// <summary>How many may be answered at once.</summary>
    public int MaxBatches { get; init; } = 64;

    /// <summary>
    /// How long a client may take to send its next line that is not blank, to the line's end; what the node itself takes meanwhile does not
    /// count. It is an idle limit, and a least rate: a line that comes byte by byte does not come in time.
    /// </summary>
    public TimeSpan LineLimit { get; init; } = TimeSpan.FromSeconds(60);
}
