using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>The handlers that this process has. They stay the same as long as it runs.</summary>
public sealed class JobHandlers
{
    private readonly Dictionary<HandlerTarget, JobHandlerEntry> _entries;

    /// <summary>These.</summary>
    /// <exception cref="ArgumentException">Two have the same name and version.</exception>
    public JobHandlers(IEnumerable<JobHandlerEntry> entries)
    {
        _entries = entries.ToDictionary(e => e.Target);
        All = [.. _entries.Keys.OrderBy(t => t.Name, StringComparer.Ordinal).ThenBy(t => t.Version)];
    }

    /// <summary>What jobs name them by, in order.</summary>
    public IReadOnlyList<HandlerTarget> All { get; }

    /// <summary>The handler; null when there is none of that name and version.</summary>
    public JobHandlerEntry? Find(HandlerTarget target) => _entries.GetValueOrDefault(target);
}
