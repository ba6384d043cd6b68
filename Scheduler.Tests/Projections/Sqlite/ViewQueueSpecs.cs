using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections.Sqlite;

/// <summary>What the view writer's thread gets, and when.</summary>
public sealed class ViewQueueSpecs
{
    private readonly ViewQueue _queue = new(TimeSpan.FromDays(1));

    [Fact]
    public async Task Small_steps_wait_for_a_row_and_come_with_it_in_their_order()
    {
        var (first, second, row) = (Step(1), Step(2), new AwaitedRow(Created(JobId.Parse("a")), isNew: true));
        var taken = TakeAsync();
        _queue.TryAdd(first);
        _queue.TryAdd(second);
        Assert.False(taken.IsCompleted);

        _queue.TryAdd(row);

        Assert.Equal([first, second, row], await taken.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Whoever_asks_for_something_else_is_not_kept_waiting()
    {
        var request = new ControlRequest(static _ => 0);
        _queue.TryAdd(Step(1));
        _queue.TryAdd(request);

        Assert.Equal(2, (await TakeAsync().WaitAsync(Patience.Limit)).Count);
    }

    [Fact]
    public async Task Steps_with_many_rows_are_not_kept_waiting()
    {
        var large = new StepRequest(new ProjectionStep(1, 0, 1) { Runs = [.. Enumerable.Range(0, ViewQueue.EnoughRows).Select(i => Run(JobId.Parse("a"), T0.AddSeconds(i), 1))] });
        _queue.TryAdd(large);

        Assert.Equal([large], await TakeAsync().WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Steps_that_nobody_takes_along_are_gathered_for_their_time()
    {
        var queue = new ViewQueue(TimeSpan.FromMilliseconds(1));
        var step = Step(1);
        queue.TryAdd(step);

        Assert.Equal([step], await Task.Run(() => queue.Take([])).WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task After_what_was_taken_steps_wait_again()
    {
        _queue.TryAdd(new ControlRequest(static _ => 0));
        await TakeAsync();
        _queue.TryAdd(Step(1));
        var taken = TakeAsync();
        _queue.TryAdd(Step(2));
        Assert.False(taken.IsCompleted);

        _queue.Close();

        Assert.Equal(2, (await taken.WaitAsync(Patience.Limit)).Count);
    }

    [Fact]
    public async Task A_closed_one_hands_over_what_waits_and_takes_nothing_more()
    {
        _queue.TryAdd(Step(1));
        _queue.Close();

        Assert.False(_queue.TryAdd(Step(2)));
        Assert.Single(await TakeAsync().WaitAsync(Patience.Limit));
        Assert.Empty(await TakeAsync().WaitAsync(Patience.Limit));
    }

    private static StepRequest Step(long offset) => new(new ProjectionStep(1, 0, offset));

    private Task<List<object>> TakeAsync() => Task.Run(() => _queue.Take([]));
}
