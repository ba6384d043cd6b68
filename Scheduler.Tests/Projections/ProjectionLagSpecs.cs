using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Projections;

public sealed class ProjectionLagSpecs : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ProjectionLag _lag;

    public ProjectionLagSpecs() => _lag = new ProjectionLag(_clock);

    public void Dispose() => _lag.Dispose();

    [Fact]
    public void Slices_that_do_not_get_on_are_counted_until_they_do()
    {
        Assert.Equal(0, Failing());
        _lag.Failed(3, "the disk is full");
        _lag.Failed(3, "the disk is still full");
        _lag.Failed(4, "the disk is full");
        _lag.Failed(5, "the disk is full");
        Assert.Equal(3, Failing());

        _lag.Committed(3, offset: 1, events: 1);
        Assert.Equal(2, Failing());
        _lag.Left(4);
        Assert.Equal(1, Failing());
    }

    [Fact]
    public void A_slice_that_reads_on_without_anything_to_commit_fails_no_more_after_a_while()
    {
        _lag.Failed(3, "gone");
        _lag.Running(3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, Failing());

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, Failing());
    }

    [Fact]
    public void Events_that_a_failed_step_had_are_not_waited_for_by_a_stream_that_does_not_have_them()
    {
        _lag.Began(3, _clock.GetUtcNow());
        _lag.Failed(3, "the views were damaged");
        _lag.Running(3);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    /// <summary>What an operator's collector reads.</summary>
    private int Failing()
    {
        var read = -1;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (_lag.Counts(instrument) && instrument.Name == "scheduler.projection.failing")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => read = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
