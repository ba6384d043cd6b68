namespace Scheduler.Actors.Domain.Jobs;

/// <summary>Finds out whose fault it is that a command could not be decided: the definition's that it came with, or the scheduler's.</summary>
internal static class DefinitionTrial
{
    /// <summary>What is refused of a definition; null when nothing is wrong with it, or the command has none.</summary>
    /// <param name="state">The job before the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">The clock.</param>
    public static DefinitionRefused? WhyRefused(JobState state, JobCommand command, DateTimeOffset now)
    {
        var definition = command switch
        {
            CreateJob c => c.Definition,
            PutJob c => c.Definition,
            UpdateJob c => c.Definition,
            _ => null,
        };
        if (definition is null || HasFireTimes(state.Id, definition, state.Exists ? state.Definition : null, Instant.Floor(now)))
            return null;
        return new DefinitionRefused(state.Id, "schedule", "is one whose fire times cannot be computed");
    }

    /// <summary>Whether its first fire time can be computed.</summary>
    private static bool HasFireTimes(JobId job, JobDefinition draft, JobDefinition? before, DateTimeOffset at)
    {
        try
        {
            var definition = draft.Resolve(job, before, at);
            if (definition.FireTimes.First(at) is { } first)
                _ = definition.DueAt(RunId.Scheduled(job, 1, first), first);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
