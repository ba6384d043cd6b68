namespace Scheduler.Actors.Domain.Jobs;

/// <summary>The kinds of targets.</summary>
public enum TargetKind
{
    /// <summary>Code in the scheduler's process.</summary>
    Handler,

    /// <summary>An HTTP request.</summary>
    Http,

    /// <summary>A message for an AMQP broker.</summary>
    Amqp,
}
