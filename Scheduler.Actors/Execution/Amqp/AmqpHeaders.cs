namespace Scheduler.Actors.Execution.Amqp;

/// <summary>The headers that the scheduler gives each message.</summary>
public static class AmqpHeaders
{
    /// <summary>The job's id, text.</summary>
    public const string JobId = "scheduler-job-id";

    /// <summary>The run's id, text; the message id as well. The same for each attempt.</summary>
    public const string RunId = "scheduler-run-id";

    /// <summary>The attempt's number, 1-based.</summary>
    public const string Attempt = "scheduler-attempt";

    /// <summary>The run's nominal instant, RFC 3339 text in UTC.</summary>
    public const string FireTime = "scheduler-scheduled-fire-time";

    /// <summary>The trace that the attempt is part of, by W3C Trace Context; left out when there is none.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>What a definition can't set: these, and what the client library finds returned messages by.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [JobId, RunId, Attempt, FireTime, TraceParent, "tracestate", "x-dotnet-pub-seq-no"];
}
