namespace Scheduler.Host.Configuration;

/// <summary>The process cannot start for a reason that its operator can mend: told in a sentence, without a stack trace.</summary>
/// <param name="message">What is wrong, and what to do about it.</param>
/// <param name="inner">What said so.</param>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
