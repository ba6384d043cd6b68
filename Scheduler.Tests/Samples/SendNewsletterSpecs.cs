using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Samples.Newsletter;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Samples;

/// <summary>A handler is a class like any other: this is how it is tested.</summary>
public sealed class SendNewsletterSpecs : IMailbox
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Start);
    private readonly List<string> _sent = [];
    private readonly List<(long, long?)> _progress = [];

    [Fact]
    public async Task Each_recipient_gets_one_mail_and_the_run_says_how_far_it_is()
    {
        var output = await RunAsync(pause: 0, CancellationToken.None);

        Assert.Equal(["a", "b", "c"], _sent);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], _progress);
        Assert.Equal("""{"Sent":3}""", JsonSerializer.Serialize(output));
    }

    [Fact]
    public async Task It_stops_in_its_pause_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var run = RunAsync(pause: 5, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(["a"], _sent);
    }

    Task IMailbox.SendAsync(string key, string to, string subject, CancellationToken cancellationToken)
    {
        _sent.Add(to);
        return Task.CompletedTask;
    }

    private Task<object?> RunAsync(double pause, CancellationToken stop)
    {
        var job = JobId.Parse("newsletter");
        var context = new JobHandlerContext(job, "Newsletter", RunId.Scheduled(job, 1, Start), 1, Start) { OnProgress = (done, total) => _progress.Add((done, total)) };
        return new SendNewsletter(this, _clock).RunAsync(
            new NewsletterParameters { Subject = "News", Recipients = ["a", "b", "c"], Pause = pause }, context, stop);
    }
}
