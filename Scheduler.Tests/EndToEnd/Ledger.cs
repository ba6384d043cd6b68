using System.Text.Json;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>What must hold of every completed one-off job, whatever its host went through: read from its runs and its events.</summary>
internal static class Ledger
{
    private static readonly HashSet<string> Outcomes = new(StringComparer.Ordinal)
    {
        "AttemptFailed", "AttemptLost", "RunCompleted", "RunCancelled",
    };

    /// <summary>Checks one job and gives its only run.</summary>
    public static async Task<RunAnswer> OnlyRunAsync(SchedulerClient client, string jobId)
    {
        // The job's row may be a moment ahead of its runs' rows.
        var runs = await Eventually.AnswersAsync(
            () => client.RunsAsync(jobId),
            rows => rows.Count > 0 && rows.All(row => row.EndedAt is not null),
            rows => $"{jobId}: {string.Join(", ", rows)}");
        var run = Assert.Single(runs);
        Assert.Equal(jobId, run.JobId);
        Assert.Equal("completed", run.Status);
        NeverEarly(run);
        EveryAttemptIsAccountedFor(run, await client.EventsAsync(jobId));
        return run;
    }

    private static void NeverEarly(RunAnswer run)
    {
        Assert.NotNull(run.DueAt);
        Assert.True(run.StartedAt >= run.DueAt, $"{run.RunId} was due at {run.DueAt:O} and started at {run.StartedAt:O}");
        Assert.True(run.LatenessMs >= 0, $"{run.RunId}: lateness {run.LatenessMs} ms");
        // A lost attempt shows when it was stored, which may be shortly before it was due: nobody knows of a call.
        Assert.All(
            run.Attempts.Where(attempt => attempt.Outcome != "lost"),
            attempt => Assert.True(attempt.StartedAt >= run.DueAt, $"{run.RunId}: attempt {attempt.Number} at {attempt.StartedAt:O}"));
    }

    private static void EveryAttemptIsAccountedFor(RunAnswer run, IReadOnlyList<EventAnswer> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(version => (long)version), events.Select(fact => fact.Version));
        var started = 0;
        var active = false;
        foreach (var fact in events)
        {
            if (fact.Type == "AttemptStarted")
            {
                Assert.False(active, $"{run.RunId}: an attempt started before the one in front of it had an outcome");
                Assert.Equal(run.RunId, RunIdOf(fact));
                started++;
                active = true;
            }
            else if (Outcomes.Contains(fact.Type))
            {
                Assert.True(active, $"{run.RunId}: {fact.Type} without an attempt");
                Assert.Equal(run.RunId, RunIdOf(fact));
                active = false;
            }
        }

        Assert.False(active, $"{run.RunId}: the last attempt has no outcome");
        Assert.Single(events, fact => fact.Type == "RunCompleted");
        Assert.Equal(Enumerable.Range(1, started), run.Attempts.Select(attempt => attempt.Number));
        Assert.All(run.Attempts, attempt => Assert.NotNull(attempt.Outcome));
        Assert.Equal("succeeded", run.Attempts[^1].Outcome);
    }

    private static string? RunIdOf(EventAnswer fact) =>
        fact.Data.ValueKind == JsonValueKind.Object && fact.Data.TryGetProperty("run_id", out var id) ? id.GetString() : null;
}
