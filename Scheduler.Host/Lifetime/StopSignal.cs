using System.Runtime.InteropServices;

namespace Scheduler.Host.Lifetime;

/// <summary>
/// Whether the process was asked to stop, from its first moment on. The web host listens only while it runs: a SIGTERM before that ended
/// the process with 143, and one while its services started broke them off in the middle (2026-11: exit code 134 and a hundred lines of log).
/// </summary>
internal sealed class StopSignal
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    /// <summary>A registration ends when it is collected.</summary>
    private static readonly List<PosixSignalRegistration> Registered = [];

    private readonly CancellationTokenSource _asked = new();

    private readonly TaskCompletionSource _whenAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled once it was asked.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Completes once it was asked.</summary>
    public Task WhenAsked => _whenAsked.Task;

    /// <summary>Whether it was asked.</summary>
    public bool IsAsked => _asked.IsCancellationRequested;

    /// <summary>Listens to the signals that ask for it for as long as the process lives: one that comes when it ends must not kill it.</summary>
    public static StopSignal Listen()
    {
        var stop = new StopSignal();
        foreach (var signal in Signals)
        {
            Registered.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                stop.Ask();
            }));
        }

        return stop;
    }

    /// <summary>Asks.</summary>
    public void Ask()
    {
        _asked.Cancel();
        _whenAsked.TrySetResult();
    }
}
