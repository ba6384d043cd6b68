using Scheduler.Host.Api.Ports;
using Scheduler.Persistence.Store;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Backups by this node's storage, one at a time: each takes as much room as the journal, for as long as it is sent.</summary>
/// <param name="name">The name of the file that a node starts on.</param>
/// <param name="copy">Copies it, to be read and disposed of; null where the storage has backups of its own.</param>
/// <param name="log">Told why there is none.</param>
internal sealed partial class StorageBackups(string name, Func<CancellationToken, Task<Stream?>> copy, ILogger<StorageBackups> log) : IBackups
{
    private int _running;

    /// <inheritdoc />
    public async Task<BackupCopy> MakeAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new BackupRefusedException(BackupRefusal.IsRunning);
        Stream? content = null;
        try
        {
            content = await copy(cancellationToken);
            return content is null ? throw new BackupRefusedException(BackupRefusal.NotHere) : new BackupCopy(name, content) { Released = Release };
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            LogFailed(e, e.Message);
            throw new BackupRefusedException(BackupRefusal.Failed, e);
        }
        finally
        {
            if (content is null)
                Release();
        }
    }

    private void Release() => Volatile.Write(ref _running, 0);

    [LoggerMessage(Level = LogLevel.Error, Message = "No backup was made: {Reason}")]
    private partial void LogFailed(Exception e, string reason);
}
