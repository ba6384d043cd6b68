namespace Scheduler.Host.Api.Ports;

/// <summary>Copies of all that cannot be made again.</summary>
internal interface IBackups
{
    /// <summary>Copies the journal as it is now, while the node goes on.</summary>
    /// <param name="cancellationToken">Gives up, and leaves nothing.</param>
    /// <returns>The copy, whole; to be disposed of.</returns>
    /// <exception cref="BackupRefusedException">There can be none, or not now.</exception>
    Task<BackupCopy> MakeAsync(CancellationToken cancellationToken);
}

/// <summary>A copy of the journal.</summary>
/// <param name="Name">The name of the file that a node starts on.</param>
/// <param name="Content">What is in it; its length is known.</param>
internal sealed record BackupCopy(string Name, Stream Content) : IAsyncDisposable
{
    /// <summary>Called when it is disposed of; null for nothing.</summary>
    public Action? Released { get; init; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        Released?.Invoke();
    }
}

/// <summary>Why there is no backup.</summary>
internal enum BackupRefusal
{
    /// <summary>The storage is backed up by its own tools.</summary>
    NotHere,

    /// <summary>One is being made.</summary>
    IsRunning,

    /// <summary>It could not be copied: the log says why.</summary>
    Failed,
}

/// <summary>There is no backup.</summary>
/// <param name="refusal">Why.</param>
/// <param name="inner">What said so.</param>
internal sealed class BackupRefusedException(BackupRefusal refusal, Exception? inner = null) : Exception(refusal.ToString(), inner)
{
    /// <summary>Why.</summary>
    public BackupRefusal Refusal => refusal;
}
