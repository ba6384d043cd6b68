using Akka.Actor;
using Akka.Configuration;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Sqlite;

namespace Scheduler.Benchmarks.Journal;

/// <summary>An actor system over the project's journal, in this process, and a thousand persistent actors on it.</summary>
internal sealed class JournalUnderTest : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private int _rounds;

    private JournalUnderTest(ActorSystem system) => _system = system;

    /// <summary>Opens, or makes, a journal in a file.</summary>
    public static async Task<JournalUnderTest> OnSqliteAsync(string path)
    {
        var journal = new JournalUnderTest(Create(SqlitePersistence.Config(path)));
        await SqlitePersistence.OpenAsync(journal._system);
        return journal;
    }

    /// <summary>Opens, or makes, a journal in the database that the connection string names.</summary>
    public static async Task<JournalUnderTest> OnMongoAsync(string connectionString)
    {
        var journal = new JournalUnderTest(Create(MongoPersistence.Config(connectionString)));
        await MongoPersistence.OpenAsync(journal._system);
        return journal;
    }

    /// <summary>Starts these actors and waits until they have recovered. May be called again: they recover once more.</summary>
    public async Task<IReadOnlyList<IActorRef>> RecoverAsync(int actors, string ids = "p")
    {
        var round = ++_rounds;
        var recovery = new WriteProgress(actors);
        var started = Enumerable.Range(0, actors)
            .Select(i => _system.ActorOf(Props.Create(typeof(WriterActor), $"{ids}-{i}", recovery), $"{round}-{i}"))
            .ToList();
        await recovery.AllDone;
        return started;
    }

    /// <summary>Lets all of them write for a while, and says how many events a second were confirmed.</summary>
    public static async Task<double> RateAsync(IReadOnlyList<IActorRef> actors, TimeSpan time)
    {
        var since = TimeProvider.System.GetTimestamp();
        var written = await WriteAsync(actors, int.MaxValue, time);
        return written / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Lets all of them write at once.</summary>
    public static async Task<long> WriteAsync(IReadOnlyList<IActorRef> actors, int eventsEach, TimeSpan? until = null)
    {
        var progress = new WriteProgress(actors.Count);
        foreach (var actor in actors)
            actor.Tell(new WriterActor.Write(progress, eventsEach));
        if (until is { } time)
        {
            await Task.WhenAny(progress.AllDone, Task.Delay(time, TimeProvider.System));
            progress.Stop();
        }

        await progress.AllDone;
        return progress.Events;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _system.Terminate();

    private static ActorSystem Create(Config persistence) => ActorSystem.Create(
        "journal",
        ConfigurationFactory
            .ParseString("akka { loglevel = WARNING, stdout-loglevel = WARNING, log-dead-letters = off }")
            .WithFallback(persistence));
}
