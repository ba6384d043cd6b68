using System.IO.Compression;
using Akka.Persistence.Query;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Retention;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Retention;

/// <summary>What the journal lets go of is kept, whatever happens to whoever writes it.</summary>
public sealed class JournalArchiveSpecs : IDisposable
{
    private static readonly JobId Job = JobId.Parse("a");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 29, 23, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_jobs_events_are_read_in_their_order_over_days_and_processes_each_once()
    {
        using (var later = new JournalArchive(_folder.Path, _clock))
            await later.AppendAsync(Job, Events(3, 4), default);
        using var archive = new JournalArchive(_folder.Path, _clock);
        await archive.AppendAsync(Job, Events(1, 2), default);
        await archive.AppendAsync(JobId.Parse("b"), Events(1, 9), default);
        _clock.Advance(TimeSpan.FromHours(2));

        // A kill between the archive and the deletion: the same again, and more.
        Assert.Equal(4, await archive.AppendAsync(Job, Events(3, 6), default));

        var read = await ReadAsync();
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Select(static line => int.Parse(line.Split("\"version\":")[1].Split(',')[0])));
        Assert.StartsWith("""{"job_id":"a","version":1,"at":"2026-11-29T23:00:00""", read[0], StringComparison.Ordinal);
        Assert.Contains("\"type\":\"JobPaused\",\"data\":{", read[0], StringComparison.Ordinal);
        Assert.Equal(3, Files().Length);
        Assert.All(Files(), file => Assert.Matches("^2026-11-(29|30)-[0-9a-f]{8}[.]ndjson[.]gz$", Path.GetFileName(file)));
    }

    [Fact]
    public async Task What_could_not_be_read_to_its_end_leaves_nothing_and_the_next_is_readable()
    {
        using var archive = new JournalArchive(_folder.Path, _clock);
        await archive.AppendAsync(Job, Events(1, 2), default);

        await Assert.ThrowsAsync<TimeoutException>(() => archive.AppendAsync(Job, Failing(), default));
        await archive.AppendAsync(Job, Events(3, 3), default);

        Assert.Equal(3, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task Of_a_file_that_a_kill_cut_off_everything_in_front_of_that_is_read()
    {
        using (var archive = new JournalArchive(_folder.Path, _clock))
            await archive.AppendAsync(Job, Events(1, 2), default);
        var file = Assert.Single(Files());
        using (var cut = new MemoryStream())
        {
            await using (var member = new GZipStream(cut, CompressionLevel.Optimal, leaveOpen: true))
                await member.WriteAsync(new byte[10_000]);
            await using var end = new FileStream(file, FileMode.Append);
            end.Write(cut.GetBuffer(), 0, 12);
        }

        using (var archive = new JournalArchive(_folder.Path, _clock))
            await archive.AppendAsync(Job, Events(3, 3), default);

        Assert.Equal(3, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task A_file_that_is_damaged_is_named_and_the_others_are_read()
    {
        using (var archive = new JournalArchive(_folder.Path, _clock))
            await archive.AppendAsync(Job, Events(1, 2), default);
        var file = Assert.Single(Files());
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(12, 8).Fill(0xFF);
        await File.WriteAllBytesAsync(file, bytes);
        using (var archive = new JournalArchive(_folder.Path, _clock))
            await archive.AppendAsync(Job, Events(3, 3), default);

        var damaged = new List<string>();
        Assert.Single(await ReadAsync(damaged));
        Assert.Equal([file], damaged);
    }

    [Fact]
    public async Task Its_files_are_its_owners()
    {
        using var archive = new JournalArchive(Path.Combine(_folder.Path, "new", "folder"), _clock);
        await archive.AppendAsync(Job, Events(1, 1), default);

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(archive.Folder)[0]));
    }

    private static async IAsyncEnumerable<EventEnvelope> Failing()
    {
        await foreach (var one in Events(3, 4))
            yield return one;
        throw new TimeoutException("The journal gave no answer.");
    }

    private static async IAsyncEnumerable<EventEnvelope> Events(long from, long to)
    {
        await Task.Yield();
        for (var version = from; version <= to; version++)
            yield return new EventEnvelope(Offset.Sequence(version), Job.PersistenceId, version, new JobPaused { At = new DateTimeOffset(2026, 11, 29, 23, 0, 0, TimeSpan.Zero) }, 0, []);
    }

    private string[] Files() => Directory.GetFiles(_folder.Path);

    private async Task<List<string>> ReadAsync(List<string>? damaged = null)
    {
        var lines = new List<string>();
        await foreach (var line in JournalArchive.ReadAsync(_folder.Path, Job, (file, _) => damaged?.Add(file), default))
            lines.Add(line);
        return lines;
    }
}
