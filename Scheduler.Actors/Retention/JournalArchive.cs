using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Akka.Persistence.Query;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Retention;

/// <summary>
/// Where events go before the journal lets go of them: <c>Scheduler:Retention:Archive</c>. A folder with a file a day (of the deletion, in UTC) and a process,
/// each event a line of JSON as <c>GET /jobs/{id}/events</c> has it, with its job's id; compressed, so that <c>zcat</c> reads it. A file grows by whole gzip
/// members, which are on disk before anything is deleted: after a kill events may be there twice, and are never missing.
/// </summary>
/// <param name="folder">The folder; made where it is not there. Several nodes may share it.</param>
/// <param name="clock">Tells the day.</param>
public sealed class JournalArchive(string folder, TimeProvider clock) : IDisposable
{
    private const string Extension = ".ndjson.gz";
    private const string Day = "yyyy-MM-dd";

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly SemaphoreSlim _one = new(1);
    private string _writer = NewWriter();

    /// <summary>Where it is.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Appends a job's events, and answers when they are on disk.</summary>
    /// <param name="job">The job.</param>
    /// <param name="events">Its events, in their order; nothing is written where there are none.</param>
    /// <param name="cancellationToken">Gives up; nothing is appended then.</param>
    /// <returns>How many events.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public async Task<long> AppendAsync(JobId job, IAsyncEnumerable<EventEnvelope> events, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            PrivateFiles.MakeFolder(Folder);
            await using var file = new FileStream(FileOf(clock.GetUtcNow()), PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
            var before = file.Seek(0, SeekOrigin.End);
            try
            {
                var count = 0L;
                await using (var member = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
                {
                    await foreach (var envelope in events.WithCancellation(cancellationToken))
                    {
                        await member.WriteAsync(Line(job, envelope), cancellationToken);
                        count++;
                    }
                }

                file.Flush(flushToDisk: true);
                return count;
            }
            catch
            {
                // Half a member must be the last thing in its file: what came behind could not be read.
                _writer = NewWriter();
                file.SetLength(before);
                throw;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A job's events in an archive, each once, in their order.</summary>
    /// <param name="folder">The archive.</param>
    /// <param name="job">The job.</param>
    /// <param name="damaged">Told of each file that is damaged, and how; what is in front of that is read, as it is of one that a kill has cut off.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The lines, without their ends.</returns>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(
        string folder, JobId job, Action<string, string> damaged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = 0L;
        foreach (var day in Directory.EnumerateFiles(folder, "*" + Extension).GroupBy(DayOf, StringComparer.Ordinal).OrderBy(static files => files.Key, StringComparer.Ordinal))
        {
            // Several processes may have written that day; what came on a later day is what the job did later.
            var found = new SortedDictionary<long, string>();
            foreach (var file in day)
            {
                await foreach (var line in LinesAsync(file, why => damaged(file, why), cancellationToken))
                {
                    if (VersionIn(line, job) is { } version && version > last)
                        found[version] = line;
                }
            }

            foreach (var (version, line) in found)
            {
                last = version;
                yield return line;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private static string NewWriter() => Guid.NewGuid().ToString("N")[..8];

    private static string DayOf(string path) => Path.GetFileName(path)[..Math.Min(Day.Length, Path.GetFileName(path).Length)];

    private string FileOf(DateTimeOffset now) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime.ToString(Day, CultureInfo.InvariantCulture)}-{_writer}{Extension}"));

    private static ReadOnlyMemory<byte> Line(JobId job, EventEnvelope envelope)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
            EventJson.Write(json, envelope.SequenceNr, (JobEvent)envelope.Event, job);
        line.Write(NewLine);
        return line.ToArray();
    }

    private static async IAsyncEnumerable<string> LinesAsync(string path, Action<string> damaged, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        await using var members = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(members, Encoding.UTF8);
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(cancellationToken);
            }
            catch (InvalidDataException e)
            {
                damaged(e.Message);
                yield break;
            }

            if (line is null)
                yield break;
            yield return line;
        }
    }

    /// <summary>The version of the event in a line, if it is that job's; null otherwise, and for half a line.</summary>
    private static long? VersionIn(string line, JobId job)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("job_id").GetString() == job.Value ? json.RootElement.GetProperty("version").GetInt64() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
