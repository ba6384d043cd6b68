using Akka.Actor;
using Akka.Configuration;
using Scheduler.Persistence.Sqlite;

namespace Scheduler.Benchmarks.Journal;

/// <summary>An actor system over the project's journal, in this process, and a thousand persistent actors on it.</summary>
internal sealed class JournalUnderTest : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private int _rounds;

    private JournalUnderTest(ActorSystem system) => _system = system;

    /// <summary>Opens, or makes, the journal.</summary>
    public static async Task<JournalUnderTest> OpenAsync(string path)
    {
        var config = ConfigurationFactory
            .ParseString("akka { loglevel = WARNING, stdout-loglevel = WARNING, log-dead-letters = off }")
            .WithFallback(SqlitePersistence.Config(path));
        var journal = new JournalUnderTest(ActorSystem.Create("journal", config));
        await SqlitePersistence.OpenAsync(journal._system);
        return journal;
    }

    /// <summary>Starts these actors and waits until they have recovered. May be called again: they recover once more.</summary>
    public async Task<IReadOnlyList<IActorRef>> RecoverAsync(int actors)
    {
        var round = ++_rounds;
        var recovery = new WriteProgress(actors);
        var started = Enumerable.Range(0, actors)
            .Select(i => _system.ActorOf(Props.Create(typeof(WriterActor), $"p-{i}", recovery), $"{round}-{i}"))
            .ToList();
        await recovery.AllDone;
        return started;
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
}
