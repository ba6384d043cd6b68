using Scheduler.Benchmarks.Journal;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>The journal on SQLite without the scheduler around it, next to what SQLite itself can do.</summary>
internal sealed class JournalAlone : IMeasure
{
    private const int Actors = 1000;
    private const int RecoveryRounds = 5;
    private const int EventsToRecover = 4;

    // The mark is set against batches of 100; the journal may commit up to 500 at once, so that is its real ceiling.
    private const int SmallBatch = 100;
    private const int LargeBatch = 500;

    public string Name => "journal";

    public string About => "events/s of the journal on SQLite with 1 and 1,000 persistent actors, recoveries/s, and bare SQLite inserts";

    public async Task RunAsync(Options options, Report report)
    {
        var time = TimeSpan.FromSeconds(options.Seconds ?? 5);
        await WritesAsync(options, report, time);
        await RecoveriesAsync(options, report);
        report.Note(
            $"events of 200 bytes with one tag, each actor one at a time, {time.TotalSeconds:0} s; bare: Microsoft.Data.Sqlite, WAL, FULL, "
            + $"the same columns, in turns; recoveries: {EventsToRecover} events each, all {Actors:#,0} at once, {RecoveryRounds} times over");
    }

    private static async Task WritesAsync(Options options, Report report, TimeSpan time)
    {
        using var folder = new TemporaryFolder();
        await using var journal = await JournalUnderTest.OnSqliteAsync(Path.Combine(folder.Path, "journal.db"));
        using var bare = new BareSqlite(Path.Combine(folder.Path, "bare.db"));
        var actors = await journal.RecoverAsync(Actors);
        await JournalUnderTest.WriteAsync(actors, eventsEach: 20);
        bare.Insert(TimeSpan.FromSeconds(0.5), SmallBatch);

        var cpu = new List<double>();
        var events = new List<double>();
        var small = new List<double>();
        var large = new List<double>();
        var one = new List<double>();
        var single = new List<double>();
        for (var i = 0; i < options.Repeats; i++)
        {
            cpu.Add(CpuLoop.Milliseconds());
            events.Add(await JournalUnderTest.RateAsync(actors, time));
            small.Add(bare.Insert(time, SmallBatch));
            large.Add(bare.Insert(time, LargeBatch));
            one.Add(await JournalUnderTest.RateAsync([actors[0]], time));
            single.Add(bare.Insert(time, rowsPerTransaction: 1));
        }

        var loops = new Distribution(cpu);
        report.AtLeast("journal: 1,000 actors, events", events, 20_000, nextMark: null, "/s", loops);
        foreach (var (rows, batch) in (ReadOnlySpan<(List<double>, int)>)[(small, SmallBatch), (large, LargeBatch)])
        {
            report.Plain($"journal: bare SQLite inserts, {batch} a transaction", rows, "/s", loops);
            report.Plain("journal: events as a share of it", [.. events.Zip(rows, (here, ceiling) => 100 * here / ceiling)], "%", loops);
        }

        report.Plain("journal: 1 actor, events", one, "/s", loops);
        report.Plain("journal: bare SQLite inserts, 1 a transaction", single, "/s", loops);
        report.Plain("journal: events as a share of it", [.. one.Zip(single, (here, ceiling) => 100 * here / ceiling)], "%", loops);
    }

    private static async Task RecoveriesAsync(Options options, Report report)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "journal.db");
        await using (var journal = await JournalUnderTest.OnSqliteAsync(path))
            await JournalUnderTest.WriteAsync(await journal.RecoverAsync(Actors), EventsToRecover);

        var cpu = new List<double>();
        var recoveries = new List<double>();
        for (var i = 0; i < options.Repeats; i++)
        {
            await using var journal = await JournalUnderTest.OnSqliteAsync(path);
            cpu.Add(CpuLoop.Milliseconds());
            var since = TimeProvider.System.GetTimestamp();
            for (var round = 0; round < RecoveryRounds; round++)
                await journal.RecoverAsync(Actors);
            recoveries.Add(RecoveryRounds * Actors / TimeProvider.System.GetElapsedTime(since).TotalSeconds);
        }

        report.Plain("journal: 1,000 actors, recoveries", recoveries, "/s", new Distribution(cpu));
    }
}
