using System.Text;
using System.Text.Json;
using Akka.Persistence;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>
/// Documents that Akka.Persistence.MongoDb wrote are read, and written again, as it did. <c>payloads.txt</c> says what they are.
/// </summary>
public sealed class OfficialPluginSpecs : IDisposable
{
    private readonly MongoDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [SkippableTheory]
    [InlineData("")]
    [InlineData("delete-all")]
    public async Task Reads_what_it_wrote(string folder)
    {
        await LoadAsync(folder);
        using var store = _database.NewStore();

        foreach (var entity in Lines(folder, "entity"))
        {
            Assert.Equal(entity.SequenceNr, await store.ReadHighestSequenceNrAsync(entity.Id, CancellationToken.None));
            var expected = Lines(folder, "event").Where(line => line.Id == entity.Id).ToList();
            var events = new List<EventRecord>();
            await store.ReplayAsync(entity.Id, 1, long.MaxValue, long.MaxValue, events.Add, CancellationToken.None);
            Assert.Equal(expected.Select(line => line.SequenceNr), events.Select(one => one.SequenceNr));
            Assert.Equal(expected.Select(line => line.What), events.Select(one => Say(one.SerializerId, one.Manifest, one.Payload)));
            Assert.Equal(expected.Select(line => line.Tags), events.Select(one => one.Tags is null ? "" : string.Join(' ', one.Tags.Order(StringComparer.Ordinal).Select(tag => JsonSerializer.Serialize(tag, s_json)))));

            var snapshot = Lines(folder, "snapshot").Where(line => line.Id == entity.Id).MaxBy(line => line.SequenceNr);
            var loaded = await store.LoadAsync(entity.Id, SnapshotSelectionCriteria.Latest, CancellationToken.None);
            Assert.Equal(snapshot?.SequenceNr, loaded?.SequenceNr);
            Assert.Equal(snapshot?.What, loaded is null ? null : Say(loaded.SerializerId, loaded.Manifest, loaded.Payload));
        }
    }

    [SkippableFact]
    public async Task Writes_the_same_documents()
    {
        var originals = Documents("", "EventJournal");
        var records = originals.ConvertAll(document => MongoEventDocuments.ToRecord(document));
        using (var store = _database.NewStore())
        {
            foreach (var record in records.OrderBy(one => one.SequenceNr))
            {
                // The first events of some were deleted: numbers need not begin at 1.
                var outcomes = await store.AppendAsync([new AtomicRecords([record])], CancellationToken.None);
                Assert.Equal(AppendStatus.Stored, Assert.Single(outcomes).Status);
            }
        }

        var written = (await _database.Events.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync())
            .ToDictionary(document => document["_id"].AsString);
        Assert.Equal(originals.Count, written.Count);
        foreach (var original in originals)
        {
            var copy = written[original["_id"].AsString];
            Assert.Equal(BsonType.Timestamp, copy["Ordering"].BsonType);
            Assert.NotEqual(new BsonTimestamp(0, 0), copy["Ordering"]);
            copy["Ordering"] = original["Ordering"];
            Assert.Equal(Bytes(original), Bytes(copy));
        }
    }

    [SkippableFact]
    public async Task Saves_the_same_snapshots()
    {
        var originals = Documents("", "SnapshotStore");
        using var store = _database.NewStore();
        foreach (var original in originals)
            await store.SaveAsync(MongoSnapshotDocuments.ToRecord(original), CancellationToken.None);

        var written = (await _database.Database.GetCollection<BsonDocument>("SnapshotStore").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync())
            .ToDictionary(document => document["_id"].AsString);
        Assert.Equal(originals.Count, written.Count);
        Assert.All(originals, original => Assert.Equal(Bytes(original), Bytes(written[original["_id"].AsString])));
    }

    [SkippableFact]
    public async Task Keeps_the_same_highest_numbers_and_fences_them()
    {
        using var store = _database.NewStore();
        await store.AppendAsync([.. Enumerable.Range(1, 5).Select(nr => new AtomicRecords([MongoStoreSpecs.Record("all-gone", nr)]))], CancellationToken.None);
        await store.DeleteAsync("all-gone", 5, CancellationToken.None);

        var written = Assert.Single(await _database.Database.GetCollection<BsonDocument>("Metadata").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync());
        Assert.Equal(Bytes(Documents("delete-all", "Metadata").Single(one => one["_id"] == "all-gone")), Bytes(written));
        var late = await store.AppendAsync([new AtomicRecords([MongoStoreSpecs.Record("all-gone", 5)])], CancellationToken.None);
        Assert.Equal(AppendStatus.Duplicate, Assert.Single(late).Status);
    }

    [SkippableFact]
    public async Task Makes_the_same_indexes()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);

        foreach (var name in (string[])["EventJournal", "Metadata", "SnapshotStore"])
        {
            var made = await (await _database.Database.GetCollection<BsonDocument>(name).Indexes.ListAsync()).ToListAsync();
            foreach (var index in made)
                index.Remove("storageEngine");
            Assert.Equal(
                Documents("", name + ".indexes").OrderBy(index => index["name"]).Select(index => index.ToJson()),
                made.OrderBy(index => index["name"]).Select(index => index.ToJson()));
        }
    }

    private static readonly JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task LoadAsync(string folder)
    {
        foreach (var name in (string[])["EventJournal", "Metadata", "SnapshotStore"])
        {
            if (Documents(folder, name) is { Count: > 0 } documents)
                await _database.Database.GetCollection<BsonDocument>(name).InsertManyAsync(documents);
        }
    }

    private static string Bytes(BsonDocument document) => Convert.ToHexString(document.ToBson());

    private static string FileOf(string folder, string name) =>
        Path.Combine(AppContext.BaseDirectory, "Persistence", "OfficialPlugin", folder, name);

    private static List<BsonDocument> Documents(string folder, string name) =>
        [.. BsonSerializer.Deserialize<BsonArray>(File.ReadAllText(FileOf(folder, name + ".json"))).Select(one => one.AsBsonDocument)];

    private static List<Line> Lines(string folder, string kind) => [.. File.ReadLines(FileOf(folder, "payloads.txt"))
        .Select(line => line.Split('\t'))
        .Where(fields => fields[0] == kind)
        .Select(fields => new Line(
            JsonSerializer.Deserialize<string>(fields[1])!,
            long.Parse(fields[2]),
            Plain(fields[3]),
            string.Join(' ', (fields.Length > 4 ? fields[4] : "").Split("\" ").Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Select(tag => tag.EndsWith('"') ? tag : tag + "\"").Order(StringComparer.Ordinal))))];

    /// <summary>Texts as they are, not as JSON escapes them.</summary>
    private static string Plain(string what) => what.StartsWith("string ", StringComparison.Ordinal)
        ? "string " + JsonSerializer.Deserialize<string>(what["string ".Length..])
        : what;

    /// <summary>What serialized bytes are, in the words of the table.</summary>
    private static string Say(int serializerId, string manifest, byte[] bytes) => (serializerId, manifest.Split(',')[0]) switch
    {
        (1, "") => SayJson(JsonDocument.Parse(bytes).RootElement),
        (4, "") => "bytes " + Convert.ToHexString(bytes),
        (17, "System.String") => "string " + Encoding.UTF8.GetString(bytes),
        (17, "System.Int32") => $"int {BitConverter.ToInt32(bytes)}",
        (17, "System.Int64") => $"long {BitConverter.ToInt64(bytes)}",
        (9001, "created.v1" or "renamed.v1") => $"{manifest} {Encoding.UTF8.GetString(bytes)}",
        (9001, "ticked.v1") => $"ticked.v1 {BitConverter.ToInt32(bytes)}",
        (9001, "blob.v1") => "blob.v1 " + Convert.ToHexString(bytes),
        _ => $"serializer {serializerId}, manifest '{manifest}'",
    };

    private static string SayJson(JsonElement json) => json.ValueKind == JsonValueKind.String
        ? "string " + json.GetString()
        : "int " + json.GetProperty("$").GetString()![1..];

    private sealed record Line(string Id, long SequenceNr, string What, string Tags);
}
