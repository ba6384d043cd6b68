using System.Globalization;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>A command as the log tells of it.</summary>
internal static class CommandText
{
    /// <summary>Without headers, bodies and parameters, which are nobody's business but the target's.</summary>
    public static string Of(JobCommand command) => command switch
    {
        CreateJob c => $"{nameof(CreateJob)}, {c.Definition.Schedule}",
        PutJob c => $"{nameof(PutJob)}, {c.Definition.Schedule}",
        UpdateJob c => $"{nameof(UpdateJob)}, {c.Definition.Schedule}",
        ReportAttempt c => $"{nameof(ReportAttempt)} of attempt {c.Number.ToString(CultureInfo.InvariantCulture)} of run {c.RunId.Value}",
        CancelRun c => $"{nameof(CancelRun)} {c.RunId.Value}",
        _ => command.GetType().Name,
    };
}
