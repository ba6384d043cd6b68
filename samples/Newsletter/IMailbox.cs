namespace Scheduler.Samples.Newsletter;

/// <summary>Sends mail.</summary>
public interface IMailbox
{
    /// <summary>Sends one mail.</summary>
    /// <param name="key">The same when the same mail is sent again: it is then sent once.</param>
    /// <param name="to">The address.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task SendAsync(string key, string to, string subject, CancellationToken cancellationToken);
}
