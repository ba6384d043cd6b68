using System.Threading.Channels;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Batch;

/// <summary>
/// What of a batch is on its way: lines that were taken in and whose answers were not sent. Bounded in number, and in bytes, so that a
/// batch of any length takes the same memory. One side adds, the other takes in the same order.
/// </summary>
internal sealed class BatchWindow : IDisposable
{
    /// <summary>How many commands are in flight at most.</summary>
    private const int MaxLines = 256;

    private const int BytesPerUnit = 64 * 1024;

    /// <summary>8 MiB: many lines of usual length, few of the longest.</summary>
    private const int Units = 8 * RequestBody.MaxBytes / BytesPerUnit;

    private readonly Channel<(Task<BatchLineAnswer> Answer, int Units)> _lines =
        Channel.CreateBounded<(Task<BatchLineAnswer>, int)>(new BoundedChannelOptions(MaxLines)
        {
            SingleReader = true,
            SingleWriter = true,
        });

    private readonly SemaphoreSlim _units = new(Units, Units);

    /// <summary>The last line that was taken in; read when no other follows.</summary>
    public long Reached { get; set; }

    /// <summary>Waits until a line of that length may be begun.</summary>
    /// <returns>What <see cref="AddAsync"/> is to be told.</returns>
    public async ValueTask<int> EnterAsync(int bytes, CancellationToken cancellationToken)
    {
        // Only this side takes units, so that it can wait for one after the other.
        var units = bytes / BytesPerUnit;
        for (var taken = 0; taken < units; taken++)
            await _units.WaitAsync(cancellationToken);
        await _lines.Writer.WaitToWriteAsync(cancellationToken);
        return units;
    }

    /// <summary>Adds a line that was begun.</summary>
    public ValueTask AddAsync(Task<BatchLineAnswer> answer, int units, CancellationToken cancellationToken) =>
        _lines.Writer.WriteAsync((answer, units), cancellationToken);

    /// <summary>No line follows.</summary>
    public void Complete(Exception? error = null) => _lines.Writer.TryComplete(error);

    /// <summary>Whether a line's answer is there or will be; false when none follows.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _lines.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>The next line's answer, which may still have to be waited for.</summary>
    public bool TryPeek(out Task<BatchLineAnswer> answer)
    {
        var isThere = _lines.Reader.TryPeek(out var line);
        answer = line.Answer;
        return isThere;
    }

    /// <summary>The next line is answered.</summary>
    public void Leave()
    {
        if (_lines.Reader.TryRead(out var line) && line.Units > 0)
            _units.Release(line.Units);
    }

    /// <inheritdoc />
    public void Dispose() => _units.Dispose();
}
