using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Journal;

/// <summary>
/// Notices in a replay that two incarnations of an actor wrote by turns, as Akka's replay filter does in mode <c>fail</c>. The filter is
/// an actor for each recovery, and halves how many recoveries a second there are; this is a comparison.
/// </summary>
internal sealed class WriterHistory
{
    private string? _current;
    private HashSet<string>? _former;

    /// <summary>Looks at the next event of a replay.</summary>
    /// <exception cref="StoreException">Its writer had been followed by another one already.</exception>
    public void Check(EventRecord record)
    {
        if (record.WriterId == _current)
            return;
        if (_current is not null)
            (_former ??= new HashSet<string>(StringComparer.Ordinal)).Add(_current);
        if (_former?.Contains(record.WriterId) == true)
        {
            throw new StoreException(
                $"Event {record.SequenceNr} of '{record.PersistenceId}' was written by {record.WriterId} after another incarnation had taken "
                + "over: two of them were alive at once, and what they decided can't be told apart.");
        }

        _current = record.WriterId;
    }
}
