namespace Scheduler.Samples.Newsletter;

/// <summary>Prints what it would send.</summary>
internal sealed class ConsoleMailbox : IMailbox
{
    /// <inheritdoc />
    public Task SendAsync(string key, string to, string subject, CancellationToken cancellationToken) =>
        Console.Out.WriteLineAsync($"To {to}: {subject} ({key})".AsMemory(), cancellationToken);
}
