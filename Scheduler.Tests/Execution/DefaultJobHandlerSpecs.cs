using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class DefaultJobHandlerSpecs
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Start);

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"duration":0}""")]
    [InlineData("""{"duration":-5,"fail":-1}""")]
    [InlineData("""{"duration":"soon","fail":null}""")]
    public async Task What_asks_for_nothing_completes_at_once(string? parameters)
    {
        Assert.Null(await Run(parameters));
        Assert.Empty(_clock.Waits.Items);
    }

    [Fact]
    public async Task It_takes_as_many_seconds_as_it_is_asked_to()
    {
        var run = Run("""{"duration":1.5}""");
        _clock.Advance(TimeSpan.FromMilliseconds(1_499));
        Assert.False(run.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await run.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task It_stops_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var run = Run("""{"duration":60}""", token: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task It_fails_on_as_many_attempts_as_it_is_asked_to(int attempt, bool fails)
    {
        var error = await Record.ExceptionAsync(() => Run("""{"fail":2}""", attempt));

        Assert.Equal(fails, error is InvalidOperationException);
    }

    private Task<object?> Run(string? parameters, int attempt = 1, CancellationToken token = default)
    {
        var job = JobId.Parse("job");
        return new DefaultJobHandler(_clock).RunAsync(
            JsonElement.Parse(parameters ?? "{}"), new JobHandlerContext(job, "Job", RunId.Scheduled(job, 1, Start), attempt, Start), token);
    }
}
