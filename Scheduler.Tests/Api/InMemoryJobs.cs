using System.Collections.Concurrent;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Serialization;
using Scheduler.Host.Api.Ports;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Api;

/// <summary>Jobs without actors: the real decider over dictionaries, and views that are as new as the jobs.</summary>
internal sealed class InMemoryJobs(TimeProvider time) : IJobs, IJobViews, IJobHistory
{
    private readonly ConcurrentDictionary<JobId, (JobState State, ValueList<JobEvent> Events)> _jobs = new();

    private readonly ConcurrentDictionary<RunId, RunView> _runs = new();

    private readonly ConcurrentDictionary<JobId, long> _trimmed = new();

    /// <summary>What the next command is answered with, instead of by its job; null for the job itself.</summary>
    public Func<JobCommand, Task<JobReply>>? Instead { get; set; }

    /// <summary>What happens before a command reaches its job; null for nothing.</summary>
    public Action<JobCommand>? Before { get; set; }

    /// <summary>What a query of views waits for first; null for nothing.</summary>
    public Func<Task>? BeforeQuery { get; set; }

    /// <summary>What the views have of a job: its state unless a spec says otherwise; null for no row.</summary>
    public Func<JobState, JobState?> AsRow { get; set; } = static state => state;

    /// <summary>What a query of the journal waits for first; null for nothing.</summary>
    public Func<Task>? BeforeHistory { get; set; }

    /// <summary>What each fact holds.</summary>
    public JsonText FactData { get; set; } = new("{\"some\":\"data\"}");

    public ConcurrentQueue<JobCommand> Commands { get; } = new();

    public Task<JobReply> AskAsync(JobCommand command, CancellationToken cancellationToken)
    {
        Commands.Enqueue(command);
        if (Instead is { } instead)
            return instead(command);
        Before?.Invoke(command);
        JobReply? reply = null;
        _jobs.AddOrUpdate(
            command.JobId,
            id => Decide((JobState.Empty(id), []), command, out reply),
            (_, job) => Decide(job, command, out reply));
        return Task.FromResult(reply!);
    }

    public JobState StateOf(string id) => _jobs[JobId.Parse(id)].State;

    public void Append(JobId id, params JobEvent[] events) =>
        _jobs.AddOrUpdate(id, _ => throw new InvalidOperationException("No such job."), (_, job) => (job.State.Apply(events), ValueList.From(job.Events.Concat(events))));

    /// <summary>Deletes a job's facts in front of a version, as retention does.</summary>
    public void Trim(JobId id, long before) => _trimmed[id] = before;

    public void Add(RunView run) => _runs[run.RunId] = run;

    public async ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken)
    {
        await QueryAsync();
        return _jobs.TryGetValue(id, out var job) && job.State.Version > 0 && AsRow(job.State) is { } row ? new JobView(row, row.Version) : null;
    }

    /// <summary>How many jobs or runs are looked at for a page.</summary>
    public int MostLookedAt { get; set; } = int.MaxValue;

    public async ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken)
    {
        await QueryAsync();
        return ViewOracle.Read(query, _jobs.Values.Select(j => j.State), s => take(new JobView(s, s.Version), JobFormats.Write(s).Length), MostLookedAt);
    }

    public async ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken)
    {
        await QueryAsync();
        return _runs.GetValueOrDefault(id);
    }

    public async ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken)
    {
        await QueryAsync();
        return ViewOracle.Read(query, _runs.Values, HasTag, r => take(r, RunJson.Write(r).Length), MostLookedAt);

        bool HasTag(JobId id, string tag) => _jobs.TryGetValue(id, out var job) && job.State.Exists && job.State.Definition!.Tags.Contains(tag, StringComparer.Ordinal);
    }

    public ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The API wakes nobody.");

    public async Task<bool> ReadAsync(JobId id, long after, int limit, Predicate<JobFact> take, CancellationToken cancellationToken)
    {
        if (BeforeHistory is { } wait)
            await wait();
        return _jobs.TryGetValue(id, out var job)
            && Take(job.Events.Select((e, i) => new JobFact(i + 1, e.At, e.GetType().Name, FactData)).Where(f => f.Version > after && f.Version >= _trimmed.GetValueOrDefault(id)).Take(limit), limit, take);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(JobId id, long after, int limit, CancellationToken cancellationToken)
    {
        if (BeforeHistory is { } wait)
            await wait();
        return !_jobs.TryGetValue(id, out var job)
            ? []
            : [.. job.Events.Select((e, i) => new StoredEvent(i + 1, e)).Where(f => f.Version > after && f.Version >= _trimmed.GetValueOrDefault(id)).Take(limit)];
    }

    private static bool Take<T>(IEnumerable<T> rows, int limit, Predicate<T> take)
    {
        var count = 0;
        foreach (var row in rows)
        {
            if (!take(row))
                return true;
            count++;
        }

        return count == limit;
    }

    private (JobState State, ValueList<JobEvent> Events) Decide((JobState State, ValueList<JobEvent> Events) job, JobCommand command, out JobReply? reply)
    {
        var decision = JobDecider.Decide(job.State, command, time.GetUtcNow());
        reply = decision.Reply;
        return (job.State.Apply(decision.Events), ValueList.From(job.Events.Concat(decision.Events)));
    }

    private async Task QueryAsync()
    {
        if (BeforeQuery is { } wait)
            await wait();
    }
}
