using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Sqlite;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Group commit and what goes wrong with files.</summary>
public sealed class SqliteStoreSpecs : IDisposable
{
    private readonly DatabaseFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_subscriber_that_throws_harms_neither_writers_nor_other_subscribers()
    {
        using var store = new StoreProbe(_file);
        await store.Store.OpenAsync(CancellationToken.None);
        var woken = new SemaphoreSlim(0);
        using var faulty = store.Store.Tail.Subscribe(default, 10, static () => throw new InvalidOperationException("Its stream is gone."));
        using var sound = store.Store.Tail.Subscribe(default, 10, () => woken.Release());

        await store.StoreAsync("a", 1, 2);

        Assert.True(await woken.WaitAsync(Patience.Limit));
        Assert.Equal([1, 2], await store.NumbersAsync("a"));
    }

    [Fact]
    public async Task In_one_transaction_a_duplicate_fails_alone()
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("zombie", 1, 1);
        List<Task<IReadOnlyList<AppendOutcome>>> writes;

        using (probe.HoldWriter())
        {
            writes =
            [
                probe.AppendAsync(StoreProbe.Record("a", 1)),
                probe.AppendAsync(StoreProbe.Record("zombie", 1)),
                probe.AppendAsync(StoreProbe.Record("b", 1), StoreProbe.Record("b", 2)),
                probe.AppendAsync(StoreProbe.Record("b", 3), StoreProbe.Record("b", 2)),
                probe.AppendAsync(StoreProbe.Record("a", 2)),
                probe.AppendAsync(StoreProbe.Record("a", 2)),
                probe.AppendAsync(StoreProbe.Record("a", 3)),
            ];
        }

        var outcomes = (await Task.WhenAll(writes)).Select(one => Assert.Single(one).Status);
        Assert.Equal(
            [
                AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored,
                AppendStatus.Duplicate, AppendStatus.Stored,
            ],
            outcomes);
        Assert.Equal(
            [("zombie", 1L), ("a", 1), ("b", 1), ("b", 2), ("a", 2), ("a", 3)],
            (await probe.AllAsync()).Select(one => (one.PersistenceId, one.SequenceNr)));
    }

    [Fact]
    public async Task What_was_published_is_what_can_be_read()
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 1);
        var published = new List<EventRecord>();
        using var subscription = probe.Store.Tail.Subscribe(default, 100, static () => { });

        await probe.AppendAsync(StoreProbe.Record("b", 1), StoreProbe.Record("b", 2));
        await probe.AppendAsync(StoreProbe.Record("b", 3), StoreProbe.Record("b", 2));
        await probe.StoreAsync("c", 1, 2);

        subscription.Drain(published);
        Assert.Equal(
            (await probe.AllAsync()).Skip(1).Select(one => (one.Ordering, one.PersistenceId, one.SequenceNr)),
            published.Select(one => (one.Ordering, one.PersistenceId, one.SequenceNr)));
    }

    [Fact]
    public async Task A_write_whose_caller_gave_up_while_it_waited_is_not_stored()
    {
        using var probe = new StoreProbe(_file);
        using var caller = new CancellationTokenSource();
        Task<IReadOnlyList<AppendOutcome>> given;

        using (probe.HoldWriter())
        {
            given = probe.AppendAsync(caller.Token, StoreProbe.Record("a", 1));
            await caller.CancelAsync();
        }

        Assert.Equal(AppendStatus.NotStored, Assert.Single(await given).Status);
        Assert.Empty(await probe.NumbersAsync("a"));
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_the_next_one_works_when_there_is_room_again()
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 3);
        await probe.Store.WriteAsync(
            static session => session.Connection.QueryLong($"PRAGMA max_page_count = {session.Connection.QueryLong("PRAGMA page_count")}"),
            CancellationToken.None);

        var outcome = Assert.Single(await probe.AppendAsync(StoreProbe.Record("a", 4, payload: new byte[100_000])));

        Assert.Equal(AppendStatus.NotStored, outcome.Status);
        Assert.Contains("disk is full", outcome.Cause!.Message, StringComparison.Ordinal);
        Assert.Contains(_file.Path, outcome.Cause!.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await probe.NumbersAsync("a"));
        await probe.StoreAsync("a", 4, 5);
        Assert.Equal([1, 2, 3, 4, 5], (await probe.AllAsync()).Select(one => one.SequenceNr));
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_says_why_and_opens_as_soon_as_it_can()
    {
        using var folder = new DatabaseFile();
        var path = Path.Combine(folder.Path, "journal.db");
        await File.WriteAllTextAsync(folder.Path, "a file where the folder should be");
        using var probe = new StoreProbe(path);

        var failure = await Assert.ThrowsAsync<StoreException>(() => probe.Store.OpenAsync(CancellationToken.None));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(AppendStatus.NotStored, Assert.Single(await probe.AppendAsync(StoreProbe.Record("a", 1))).Status);
        await Assert.ThrowsAsync<StoreException>(() => probe.Store.ReadHighestSequenceNrAsync("a", CancellationToken.None));
        await Assert.ThrowsAsync<StoreException>(() => probe.Store.CheckAsync(CancellationToken.None));

        File.Delete(folder.Path);

        await probe.StoreAsync("a", 1, 1);
        await probe.Store.CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused_untouched()
    {
        using (var connection = new SqliteConnection(_file.Path, create: true))
            connection.Execute($"PRAGMA user_version = {SqliteSchema.Version + 1}");
        var before = _file.Read();
        using var probe = new StoreProbe(_file);

        var failure = await Assert.ThrowsAsync<StoreException>(() => probe.Store.OpenAsync(CancellationToken.None));

        Assert.Contains($"version {SqliteSchema.Version + 1}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, _file.Read());
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        using (var connection = new SqliteConnection(_file.Path, create: true))
            connection.Execute("CREATE TABLE customers (id INTEGER)");
        using var probe = new StoreProbe(_file);

        var failure = await Assert.ThrowsAsync<StoreException>(() => probe.Store.OpenAsync(CancellationToken.None));

        Assert.Contains("not an event store", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(_file.Path, new string('x', 10_000));
        using var probe = new StoreProbe(_file);

        var failure = await Assert.ThrowsAsync<StoreException>(() => probe.Store.OpenAsync(CancellationToken.None));

        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_has_one_owner_at_a_time()
    {
        using var second = new StoreProbe(_file);
        using (var first = new StoreProbe(_file))
        {
            await first.StoreAsync("a", 1, 1);
            var failure = await Assert.ThrowsAsync<StoreException>(() => second.Store.OpenAsync(CancellationToken.None));
            Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
        }

        await second.StoreAsync("a", 2, 2);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_the_death_of_the_process()
    {
        using var probe = new StoreProbe(_file, checkpointPages: 20);
        await probe.StoreAsync("a", 1, 100);

        using var copy = _file.CopyAsIs();
        using var survivor = new StoreProbe(copy);

        Assert.Equal(Enumerable.Range(1, 100).Select(nr => (long)nr), await survivor.NumbersAsync("a"));
        await survivor.StoreAsync("a", 101, 101);
    }

    [Fact]
    public async Task A_torn_end_of_the_log_loses_its_last_transaction_whole_and_nothing_else()
    {
        using var probe = new StoreProbe(_file, checkpointPages: 1_000_000);
        await probe.StoreAsync("a", 1, 20);
        await probe.AppendAsync([.. Enumerable.Range(21, 50).Select(nr => StoreProbe.Record("a", nr, payload: new byte[1_000]))]);

        using var copy = _file.CopyAsIs();
        using (var wal = File.Open(copy.Path + "-wal", FileMode.Open))
            wal.SetLength(wal.Length - 100);
        using var survivor = new StoreProbe(copy);

        Assert.Equal(Enumerable.Range(1, 20).Select(nr => (long)nr), await survivor.NumbersAsync("a"));
    }

    [Fact]
    public async Task Closing_leaves_everything_in_the_one_file()
    {
        using (var probe = new StoreProbe(_file))
            await probe.StoreAsync("a", 1, 50);

        Assert.False(File.Exists(_file.Path + "-wal"));
        using var again = new StoreProbe(_file);
        Assert.Equal(50, (await again.NumbersAsync("a")).Count);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 1);
        probe.Dispose();

        foreach (var call in (Func<Task>[])
                 [
                     () => probe.AppendAsync(StoreProbe.Record("a", 2)),
                     () => probe.NumbersAsync("a"),
                     () => probe.Store.CheckAsync(CancellationToken.None),
                 ])
            Assert.Contains("closed", (await Assert.ThrowsAsync<StoreException>(call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_when_the_store_is_closed_is_still_written()
    {
        Task<IReadOnlyList<AppendOutcome>> waiting;
        using (var probe = new StoreProbe(_file))
        {
            await probe.StoreAsync("a", 1, 1);
            using (probe.HoldWriter())
                waiting = probe.AppendAsync(StoreProbe.Record("a", 2));
        }

        Assert.Equal(AppendStatus.Stored, Assert.Single(await waiting).Status);
        using var again = new StoreProbe(_file);
        Assert.Equal([1, 2], await again.NumbersAsync("a"));
    }

    [Fact]
    public async Task An_ordering_is_never_given_twice()
    {
        long last;
        using (var probe = new StoreProbe(_file))
        {
            await probe.StoreAsync("a", 1, 5);
            last = (await probe.AllAsync())[^1].Ordering;
            await probe.Store.DeleteAsync("a", 5, CancellationToken.None);
            Assert.Empty(await probe.AllAsync());
        }

        using var again = new StoreProbe(_file);
        await again.StoreAsync("b", 1, 1);
        Assert.True(Assert.Single(await again.AllAsync()).Ordering > last);
        Assert.Equal(5, await again.Store.ReadHighestSequenceNrAsync("a", CancellationToken.None));
    }

    [Fact]
    public async Task A_deleted_number_stays_taken_after_a_restart()
    {
        using (var probe = new StoreProbe(_file))
        {
            await probe.StoreAsync("a", 1, 5);
            await probe.Store.DeleteAsync("a", 5, CancellationToken.None);
        }

        using var again = new StoreProbe(_file);
        Assert.Equal(AppendStatus.Duplicate, Assert.Single(await again.AppendAsync(StoreProbe.Record("a", 5))).Status);
    }

    [Fact]
    public async Task What_is_deleted_is_counted_with_its_bytes()
    {
        var counted = new ConcurrentBag<(string Name, long Value)>();
        using var listener = new MeterListener { InstrumentPublished = Enable };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.Add((instrument.Name, value)));
        listener.Start();
        using var probe = new StoreProbe(_file);
        for (var nr = 1; nr <= 83; nr++)
            await probe.AppendAsync(StoreProbe.Record("a", nr, payload: new byte[1_237]));

        await probe.Store.DeleteAsync("a", 79, CancellationToken.None);

        // Other specs delete meanwhile, though none of them this much.
        Assert.Contains(("scheduler.journal.deleted", 79), counted);
        Assert.Contains(("scheduler.journal.freed", 79 * 1_237), counted);

        static void Enable(Instrument instrument, MeterListener listener)
        {
            if (instrument.Meter.Name == JournalMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        }
    }

    [Fact]
    public async Task The_log_stays_bounded_while_events_are_written()
    {
        using var probe = new StoreProbe(_file, checkpointPages: 50);
        var payload = new byte[3_000];
        for (var nr = 1; nr <= 1_500; nr++)
            await probe.AppendAsync(StoreProbe.Record("a", nr, payload: payload));

        // Each commit writes three pages or more: 18 MB without a restart of the log.
        Assert.InRange(new FileInfo(_file.Path + "-wal").Length, 1, 6_000_000);
    }

    [Fact]
    public async Task Reads_by_tag_find_rare_events_far_apart()
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 1);
        await probe.AppendAsync(StoreProbe.Record("b", 1, "rare"));
        // As if 200,000 events lay between.
        await probe.Store.WriteAsync(static session => session.Connection.Execute("UPDATE journal SET ordering = 200000 WHERE persistence_id = 'b'"), CancellationToken.None);

        var found = new List<EventRecord>();
        long position = 0;
        while (position < 200_000)
        {
            var page = await probe.Store.ReadAsync("rare", position, 200_000, 10, CancellationToken.None);
            Assert.True(page.ReadTo > position);
            position = page.ReadTo;
            found.AddRange(page.Events);
        }

        Assert.Equal(200_000, Assert.Single(found).Ordering);
    }

    [Fact]
    public async Task The_log_stays_bounded_over_many_deaths_of_the_process()
    {
        const int PagesEach = 40;
        var current = new DatabaseFile();
        var largest = 0L;
        for (var death = 0; death < 20; death++)
        {
            // Less than a checkpoint's threshold each time.
            using (var probe = new StoreProbe(current, checkpointPages: 3 * PagesEach))
            {
                await probe.AppendAsync(StoreProbe.Record("a", death + 1, payload: new byte[PagesEach * 4096]));
                largest = Math.Max(largest, new FileInfo(current.Path + "-wal").Length);
                var next = current.CopyAsIs();
                probe.Dispose();
                current.Dispose();
                current = next;
            }
        }

        using (current)
            Assert.InRange(largest, 1, 4 * PagesEach * 4096);
    }

    [Fact]
    public async Task Its_files_are_for_their_owner_alone()
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 1);
        await probe.NumbersAsync("a");

        var files = Directory.GetFiles(Path.GetDirectoryName(_file.Path)!);
        Assert.True(files.Length >= 3, string.Join(", ", files));
        Assert.All(files, FileRights.AreOwnersAlone);
    }

    [Fact]
    public async Task It_keeps_its_id_and_gets_another_start_from_each_process()
    {
        JournalStand before;
        using (var probe = new StoreProbe(_file))
        {
            before = await probe.Store.StandAsync(CancellationToken.None);
            await probe.StoreAsync("a", 1, 3);
            await probe.Store.StartAsync(SqliteIdentity.NewStart(), CancellationToken.None);
        }

        using var again = new StoreProbe(_file);
        var after = await again.Store.StandAsync(CancellationToken.None);
        Assert.Equal((before.Journal, 0L, 3L), (after.Journal, before.Head, after.Head));
        Assert.NotEqual(before.Start, after.Start);
        using var another = new DatabaseFile();
        using var other = new StoreProbe(another);
        Assert.NotEqual(before.Journal, (await other.Store.StandAsync(CancellationToken.None)).Journal);
    }

    [Fact]
    public async Task A_backup_under_load_has_all_that_was_acknowledged_before_it_and_is_another_start_of_the_same_journal()
    {
        using var backup = new DatabaseFile();
        using var probe = new StoreProbe(_file, checkpointPages: 50);
        await probe.StoreAsync("before", 1, 300);
        var original = await probe.Store.StandAsync(CancellationToken.None);
        using var enough = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var nr = 1; !enough.IsCancellationRequested; nr++)
                await probe.AppendAsync(StoreProbe.Record($"caller-{caller}", nr, payload: new byte[2_000]));
        })).ToList();

        await probe.Store.BackUpAsync(backup.Path, CancellationToken.None);
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.Equal([backup.Path], Directory.GetFiles(Path.GetDirectoryName(backup.Path)!));
        FileRights.AreOwnersAlone(backup.Path);
        using var restored = new StoreProbe(backup);
        Assert.Equal(Enumerable.Range(1, 300).Select(nr => (long)nr), await restored.NumbersAsync("before"));
        var copy = await restored.Store.StandAsync(CancellationToken.None);
        Assert.Equal(original.Journal, copy.Journal);
        Assert.NotEqual(original.Start, copy.Start);
    }

    [Fact]
    public async Task A_copy_has_its_name_only_when_it_is_whole()
    {
        using (var probe = new StoreProbe(_file))
            await probe.StoreAsync("a", 1, 10);
        using var backup = new DatabaseFile();
        using var source = new SqliteConnection(_file.Path, create: false);
        var seen = Array.Empty<string?>();

        // What a kill at this moment would leave.
        Assert.Throws<InvalidOperationException>(() => SqliteBackup.Copy(
            source,
            backup.Path,
            _ =>
            {
                seen = [.. Directory.GetFiles(Path.GetDirectoryName(backup.Path)!).Select(Path.GetFileName)];
                throw new InvalidOperationException();
            },
            CancellationToken.None));

        Assert.NotEmpty(seen);
        Assert.All(seen, name => Assert.StartsWith("journal.db.unfinished", name, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(backup.Path)!));
        SqliteBackup.Copy(source, backup.Path, finish: null, CancellationToken.None);
        Assert.Throws<IOException>(() => SqliteBackup.Copy(source, backup.Path, finish: null, CancellationToken.None));
    }

    [Fact]
    public async Task A_copy_that_is_cut_off_is_refused_as_damaged()
    {
        using (var probe = new StoreProbe(_file))
            await probe.AppendAsync([.. Enumerable.Range(1, 50).Select(nr => StoreProbe.Record("a", nr, payload: new byte[4_000]))]);
        using (var file = File.Open(_file.Path, FileMode.Open))
            file.SetLength(file.Length / 2);
        using var cut = new StoreProbe(_file);

        Assert.Contains("damaged", (await Assert.ThrowsAsync<StoreException>(() => cut.Store.OpenAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    public async Task A_file_that_is_deleted_under_it_takes_no_more_writes_until_it_is_back(string suffix)
    {
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 5);
        var aside = _file.Path + ".aside";

        File.Move(_file.Path + suffix, aside);
        var outcome = Assert.Single(await probe.AppendAsync(StoreProbe.Record("a", 6)));
        Assert.Equal(AppendStatus.NotStored, outcome.Status);
        Assert.Contains("deleted or replaced", outcome.Cause!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(() => probe.Store.CheckAsync(CancellationToken.None));

        File.Move(aside, _file.Path + suffix);
        await probe.StoreAsync("a", 6, 7);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], await probe.NumbersAsync("a"));
    }

    [Fact]
    public async Task A_file_that_was_deleted_can_still_be_saved()
    {
        using var backup = new DatabaseFile();
        using var probe = new StoreProbe(_file);
        await probe.StoreAsync("a", 1, 5);
        Assert.Equal(5, (await probe.NumbersAsync("a")).Count);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_file.Path)!))
            File.Delete(file);

        await probe.Store.BackUpAsync(backup.Path, CancellationToken.None);

        using var restored = new StoreProbe(backup);
        Assert.Equal([1, 2, 3, 4, 5], await restored.NumbersAsync("a"));
    }
}
