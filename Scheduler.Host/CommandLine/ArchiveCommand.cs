using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Retention;
using Scheduler.Host.Configuration;

namespace Scheduler.Host.CommandLine;

/// <summary><c>archive show JOB</c>: prints what the journal has let go of.</summary>
internal static class ArchiveCommand
{
    /// <summary>Does it.</summary>
    /// <param name="settings">Where the archive is.</param>
    /// <param name="job">The job's id.</param>
    /// <param name="output">Gets the events.</param>
    /// <param name="error">Told of files that are damaged.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StartException">It can't be done, or there are none: the message says why.</exception>
    public static async Task ShowAsync(RetentionOptions settings, string job, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (settings.Archive is not { } folder)
            throw new StartException("No archive is set: --Scheduler:Retention:Archive=FOLDER says where it is.");
        if (!JobId.TryParse(job, out var id))
            throw new StartException($"'{job}' is not the id of a job.");
        var isEmpty = true;
        try
        {
            await foreach (var line in JournalArchive.ReadAsync(folder, id, (file, why) => error.WriteLine($"{file} is damaged, and not read to its end: {why}"), cancellationToken))
            {
                isEmpty = false;
                await output.WriteLineAsync(line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The archive '{folder}' can't be read: {e.Message}", e);
        }

        if (isEmpty)
            throw new StartException($"The archive '{folder}' has no events of job '{id.Value}': those that the journal has are at GET /jobs/{id.Value}/events.");
    }
}
