using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Retention;

/// <summary>
/// The one retention of a cluster: a sharded daemon process with a single worker, so that it is wherever a node is, and never twice. Passes come
/// one after the other, the first an interval after the start; one that fails is left to the next.
/// </summary>
public sealed class RetentionActor : UntypedActor
{
    private readonly RetentionEnvironment _environment;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<JobId, CancellationToken, Task<bool>>? _forget;

    /// <summary>Made by the sharded daemon process.</summary>
    public RetentionActor(RetentionEnvironment environment)
    {
        _environment = environment;
        if (environment.Trim is { } trim)
            _forget = new JournalTrim(trim, Context.Materializer()).ForgetAsync;
    }

    /// <summary>How it is made.</summary>
    public static Props Props(RetentionEnvironment environment) => Akka.Actor.Props.Create(typeof(RetentionActor), environment);

    /// <inheritdoc />
    protected override void PreStart() => _ = RunAsync(_stop.Token).PipeTo(Self, success: () => Ended.Instance, failure: _ => Ended.Instance);

    /// <inheritdoc />
    protected override void PostStop() => _stop.Cancel();

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StopRetention:
                _stop.Cancel();
                break;
            case Ended:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task RunAsync(CancellationToken stopped)
    {
        var pass = new RetentionPass(_environment, _forget);
        while (true)
        {
            await Task.Delay(_environment.Options.Interval, _environment.Clock, stopped);
            try
            {
                await pass.RunAsync(stopped);
            }
            catch (Exception e) when (!stopped.IsCancellationRequested)
            {
                _environment.Log.LogWarning(e, "Retention failed, and is tried again in {Interval}", _environment.Options.Interval);
            }
        }
    }

    private sealed class Ended : INoSerializationVerificationNeeded
    {
        public static Ended Instance { get; } = new();
    }
}

/// <summary>Tells retention to finish the batch that it is at, and to stop.</summary>
public sealed class StopRetention : INoSerializationVerificationNeeded
{
    private StopRetention()
    {
    }

    /// <summary>The only one.</summary>
    public static StopRetention Instance { get; } = new();
}
