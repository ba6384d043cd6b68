namespace Scheduler.Actors.Execution;

/// <summary>Thrown by a handler whose run must not be retried.</summary>
public sealed class NonRetryableException(string message, Exception? inner = null) : Exception(message, inner);
