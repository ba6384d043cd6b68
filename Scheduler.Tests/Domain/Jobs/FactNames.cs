using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Shows facts in tables: their kinds, in order.</summary>
internal static class FactNames
{
    public static string Names(this IEnumerable<JobEvent> facts) => string.Join(' ', facts.Select(f => f.GetType().Name));
}
