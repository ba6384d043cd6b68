using Scheduler.Host.CommandLine;
using Scheduler.Host.Lifetime;

namespace Scheduler.Host;

/// <summary>The scheduler as a process: what a program calls that brings handlers of its own.</summary>
public static class SchedulerHost
{
    /// <summary>Does what the command line says: without a command, runs a node until it is asked to stop.</summary>
    /// <param name="args">The command line: settings as <c>--Scheduler:DataPath=/var/lib/scheduler</c>. What is none of them is refused.</param>
    /// <param name="configure">
    /// Registers handlers (<see cref="Scheduler.Actors.Execution.Handlers.JobHandlerRegistration"/>) and what they need; null for none.
    /// </param>
    /// <param name="ownSections">
    /// The first parts of the program's own settings that may be given as switches: with <c>Mail</c>, <c>--Mail:Server=…</c>; null for none.
    /// </param>
    /// <returns>The process's exit code: 0 when it did what it was asked for or was asked to stop, 1 when it could not, 3 when its node was downed by its cluster.</returns>
    public static Task<int> RunAsync(string[] args, Action<IServiceCollection>? configure = null, IReadOnlyCollection<string>? ownSections = null)
    {
        var stop = StopSignal.Listen();
        var line = new SchedulerCommandLine(ownSections ?? [], Console.Out, Console.Error)
        {
            RunNode = switches => new NodeProcess(configure, stop, Console.Out, Console.Error).RunAsync(switches),
        };
        return line.InvokeAsync(args);
    }
}
