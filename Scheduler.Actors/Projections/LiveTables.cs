namespace Scheduler.Actors.Projections;

/// <summary>The set of tables that queries read, with the signal of its end.</summary>
internal sealed class LiveTables : IDisposable
{
    private readonly CancellationTokenSource _replaced = new();
    private ViewTables _tables;

    public LiveTables(long id, ViewsFilling? filling) => _tables = new ViewTables(id, _replaced.Token) { Filling = filling };

    public ViewTables Tables => Volatile.Read(ref _tables);

    public void SetFilling(ViewsFilling? filling) => Volatile.Write(ref _tables, Tables with { Filling = filling });

    /// <summary>Tells everybody who follows this set, not on the caller's thread.</summary>
    public void Dispose() => _ = _replaced.CancelAsync();
}
