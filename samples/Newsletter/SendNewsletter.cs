using Scheduler.Actors.Execution.Handlers;

namespace Scheduler.Samples.Newsletter;

/// <summary>Sends one mail after the other.</summary>
/// <param name="mailbox">Sends mail.</param>
/// <param name="clock">The clock.</param>
public sealed class SendNewsletter(IMailbox mailbox, TimeProvider clock) : IJobHandler<NewsletterParameters>
{
    /// <inheritdoc />
    public async Task<object?> RunAsync(NewsletterParameters parameters, JobHandlerContext context, CancellationToken cancellationToken)
    {
        var sent = 0;
        foreach (var recipient in parameters.Recipients)
        {
            // An attempt after a crash begins anew: the run's id makes the second mail the first one again.
            await mailbox.SendAsync($"{context.RunId}/{recipient}", recipient, parameters.Subject, cancellationToken);
            context.ReportProgress(++sent, parameters.Recipients.Count);
            if (parameters.Pause > 0 && sent < parameters.Recipients.Count)
                await Task.Delay(TimeSpan.FromSeconds(parameters.Pause), clock, cancellationToken);
        }

        return new { Sent = sent };
    }
}
