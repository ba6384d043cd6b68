namespace Scheduler.Persistence.Store;

/// <summary>Which journal this is, and how far it goes: what is made of it compares, and learns whether it still belongs to it.</summary>
/// <param name="Journal">Random, given once to a journal, and kept in it and its copies.</param>
/// <param name="Start">
/// Random, given anew by each process that starts on the journal, and to each backup of it: so that a journal that was put back in the place of
/// a later state of itself is told from that. Null where several nodes start on one journal.
/// </param>
/// <param name="Head">The highest ordering that was ever given in it; 0 for none.</param>
public sealed record JournalStand(string Journal, string? Start, long Head);
