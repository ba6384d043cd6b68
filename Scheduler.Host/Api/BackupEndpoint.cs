using System.Formats.Tar;
using System.Globalization;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>
/// <c>POST /backup</c>: sends a copy of the journal, a file in a tar archive, that a node can be started on. Its length is sent first, so
/// that a client sees whether it has all of it.
/// </summary>
internal sealed class BackupEndpoint(IBackups backups, TimeProvider time)
{
    /// <summary>The media type of the archive.</summary>
    internal const string MediaType = "application/x-tar";

    private const int Block = 512;

    /// <summary>Answers.</summary>
    public async Task BackUpAsync(HttpContext context)
    {
        await using var copy = await MakeAsync(context.RequestAborted);
        var now = time.GetUtcNow();
        var response = context.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture, $"attachment; filename=\"scheduler-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.tar\"");
        response.ContentLength = LengthOf(copy.Content.Length);
        // Of a file of any length, in a form whose length can be told beforehand.
        await using var archive = new TarWriter(response.Body, TarEntryFormat.Gnu, leaveOpen: true);
        await archive.WriteEntryAsync(
            new GnuTarEntry(TarEntryType.RegularFile, copy.Name)
            {
                DataStream = copy.Content,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                ModificationTime = now,
            },
            context.RequestAborted);
    }

    /// <summary>A header, the file in whole blocks, and two empty blocks for the archive's end.</summary>
    private static long LengthOf(long file) => Block + ((file + Block - 1) / Block * Block) + (2 * Block);

    private async Task<BackupCopy> MakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await backups.MakeAsync(cancellationToken);
        }
        catch (BackupRefusedException e)
        {
            throw e.Refusal switch
            {
                BackupRefusal.NotHere => Problems.BackupElsewhere(),
                BackupRefusal.IsRunning => Problems.BackupRunning(),
                BackupRefusal.Failed => Problems.BackupFailed(),
                _ => new InvalidOperationException($"No problem for {e.Refusal}."),
            };
        }
    }
}
