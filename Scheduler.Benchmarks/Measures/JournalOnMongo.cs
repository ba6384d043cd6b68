using Scheduler.Benchmarks.Journal;

namespace Scheduler.Benchmarks.Measures;

/// <summary>The journal on MongoDB without the scheduler around it, next to what the driver alone reaches on the same server.</summary>
internal sealed class JournalOnMongo : IMeasure
{
    private const int Actors = 1000;

    // Which is best depends on the server; one of them is what it can do.
    private static readonly (int Documents, int Calls)[] s_ways = [(500, 1), (1000, 1), (250, 4), (500, 4), (1000, 4), (500, 8)];

    public string Name => "mongodb";

    public string About => "events/s of the journal on MongoDB with 1 and 1,000 persistent actors, and bare inserts on the same server";

    public async Task RunAsync(Options options, Report report)
    {
        if (options.MongoDb is not { } server)
        {
            report.Note($"mongodb: left out; to run it, name a replica set: --mongodb 'mongodb://127.0.0.1:27017/?replicaSet=rs0', or {Options.MongoDbVariable}");
            return;
        }

        var time = TimeSpan.FromSeconds(options.Seconds ?? 5);
        await using var database = new MongoDatabaseOfRun(server);
        await using (var first = await JournalUnderTest.OnMongoAsync(database.ConnectionString))
            await JournalUnderTest.WriteAsync(await first.RecoverAsync(Actors, "warm-up"), eventsEach: 20);
        var bare = await BareMongo.BesideAsync(database.Events, "Bare", withIndexes: true);
        var unindexed = await BareMongo.BesideAsync(database.Events, "BareUnindexed", withIndexes: false);

        // First: what a thousand wrote in the last ten seconds is work for the readers of one as well.
        var cpu = new List<double>();
        var (one, single) = (new List<double>(), new List<double>());
        for (var i = 0; i < options.Repeats; i++)
        {
            cpu.Add(CpuLoop.Milliseconds());
            single.Add(await bare.InsertOneAsync(time));
            one.Add(await JournalAsync(database, actors: 1, $"one{i}", time));
        }

        var loopsOfOne = new Distribution(cpu);
        cpu = [];

        var (documents, calls) = await BestWayAsync(bare, time / 2);
        var (events, ceiling, plain) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < options.Repeats; i++)
        {
            cpu.Add(CpuLoop.Milliseconds());
            ceiling.Add(await bare.InsertManyAsync(time, documents, calls));
            events.Add(await JournalAsync(database, Actors, $"p{i}", time));
            plain.Add(await unindexed.InsertManyAsync(time, documents, calls));
        }

        var loops = new Distribution(cpu);
        report.Plain("mongodb: 1,000 actors, events", events, "/s", loops);
        report.Plain($"mongodb: bare InsertMany, {documents} x {calls} at a time", ceiling, "/s", loops);
        report.AtLeast("mongodb: events as a share of it", Shares(events, ceiling), 40, nextMark: null, "%", loops);
        report.Plain("mongodb: the same without the journal's indexes", plain, "/s", loops);
        report.Plain("mongodb: events as a share of it", Shares(events, plain), "%", loops);
        report.Plain("mongodb: 1 actor, events", one, "/s", loopsOfOne);
        report.Plain("mongodb: bare InsertOne, one after the other", single, "/s", loopsOfOne);
        report.Plain("mongodb: events as a share of it", Shares(one, single), "%", loopsOfOne);
        report.Note(
            $"events of 200 bytes with one tag, each actor one at a time, {time.TotalSeconds:0} s; bare: MongoDB.Driver, copies of the journal's "
            + "documents, unordered, majority and journaled, in turns with the journal; the best of "
            + $"{string.Join(", ", s_ways.Select(way => $"{way.Documents} x {way.Calls}"))}");
    }

    /// <summary>A journal of its own each time: nothing of it runs while the bare inserts do.</summary>
    private static async Task<double> JournalAsync(MongoDatabaseOfRun database, int actors, string ids, TimeSpan time)
    {
        await using var journal = await JournalUnderTest.OnMongoAsync(database.ConnectionString);
        return await JournalUnderTest.RateAsync(await journal.RecoverAsync(actors, ids), time);
    }

    private static async Task<(int Documents, int Calls)> BestWayAsync(BareMongo bare, TimeSpan time)
    {
        foreach (var (documents, calls) in s_ways)
            await bare.InsertManyAsync(time / 5, documents, calls);
        var rates = new Dictionary<(int Documents, int Calls), double>();
        foreach (var way in s_ways)
            rates[way] = await bare.InsertManyAsync(time, way.Documents, way.Calls);
        return rates.MaxBy(way => way.Value).Key;
    }

    private static IReadOnlyList<double> Shares(List<double> here, List<double> there) => [.. here.Zip(there, (a, b) => 100 * a / b)];
}
