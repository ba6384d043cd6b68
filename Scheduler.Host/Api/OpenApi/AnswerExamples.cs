using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Serialization;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>Examples of what is answered, made by what makes the answers: a job is read, created and shown as any other.</summary>
internal static class AnswerExamples
{
    private const string Summary = "An answer";
    private const string DataOfExamples = "2026f";

    /// <summary>The job that examples are about.</summary>
    public static readonly JobId JobId = JobId.Parse("nightly-report");

    private static readonly DateTimeOffset Now = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Decision Created = Create();

    private static readonly JobAnswer TheJob = JobMapping.ToAnswer(((JobAccepted)Created.Reply).State, waitingFor: null);

    private static readonly RunAnswer TheRun = RunMapping.ToAnswer(Ran());

    /// <summary>A job.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Job = Examples.Written("job", Summary, TheJob, ApiJson.Answers.JobAnswer);

    /// <summary>A page of jobs.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Jobs = Examples.Written("jobs", Summary, [TheJob], ApiJson.Answers.IReadOnlyListJobAnswer);

    /// <summary>A run.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Run = Examples.Written("run", Summary, TheRun, ApiJson.Answers.RunAnswer);

    /// <summary>A page of runs.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Runs = Examples.Written("runs", Summary, [TheRun], ApiJson.Answers.IReadOnlyListRunAnswer);

    /// <summary>A page of events.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Events = Examples.Written(
        "events", Summary, [.. Created.Events.Select((e, i) => new EventAnswer(i + 1, e.At, EventJson.TypeOf(e), Data(e)))], ApiJson.Answers.IReadOnlyListEventAnswer);

    /// <summary>The answer to a trigger.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Triggered = Examples.Written(
        "triggered", Summary, new TriggerAnswer(RunId.Requested(JobId, generation: 1, version: 3).Value), ApiJson.Answers.TriggerAnswer);

    /// <summary>An audit.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Audit = Examples.Written(
        "audit",
        Summary,
        new AuditAnswer(Clean: true, Occurrences: 120, Completed: 117, Discarded: 0, Cancelled: 0, Skipped: 2, Open: 1, Gaps: []),
        ApiJson.Answers.AuditAnswer);

    /// <summary>Fire times.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Preview = Examples.Written(
        "fire_times",
        Summary,
        new PreviewAnswer(
        [
            new FireTimeAnswer(new DateTimeOffset(2026, 10, 24, 0, 30, 0, TimeSpan.Zero), "2026-10-24T02:30:00+02:00", Note: null),
            new FireTimeAnswer(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), "2026-10-25T02:30:00+02:00", "02:30 comes twice on this day; this is the first"),
        ]),
        ApiJson.Answers.PreviewAnswer);

    /// <summary>The answers to a batch.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Batch = Examples.Text(
        "lines",
        "The second line has an error",
        """
        {"line":1,"status":201,"job_id":"01999f43-6d80-7c1e-a3a1-3d4f5e6a7b8c"}
        {"line":2,"status":400,"errors":{"name":["is required"]}}

        """.ReplaceLineEndings("\n"));

    /// <summary>The process answers.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Live = Examples.Written(
        "live", Summary, OperationsEndpoints.Live, ApiJson.Answers.HealthAnswer);

    /// <summary>A node that is ready.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Ready = Examples.Written(
        "ready", Summary, Health(OperationsEndpoints.Ready, "ok"), ApiJson.Answers.HealthAnswer);

    /// <summary>A node that is not ready.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> NotReady = Examples.Written(
        "not_ready", Summary, Health(OperationsEndpoints.NotReady, "no answer within 3 s"), ApiJson.Answers.HealthAnswer);

    /// <summary>A cluster of two nodes.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Cluster = Examples.Written(
        "cluster",
        Summary,
        new ClusterAnswer
        {
            Self = "10.0.0.1:4053",
            Version = "1.0.0",
            TimeZoneData = DataOfExamples,
            Members = [new MemberAnswer("10.0.0.1:4053", "up", ["api", "jobs"]), new MemberAnswer("10.0.0.2:4053", "up", ["jobs"])],
            Replanning = new ReplanningAnswer(LookedAt: 1_000, PlannedAnew: 3, Failed: 0, IsDone: true),
        },
        ApiJson.Answers.ClusterAnswer);

    /// <summary>A read model that nothing is wrong with.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Views = Examples.Written(
        "live", Summary, OperationsEndpoints.ToAnswer(new ViewsProgress { IsRebuilding = false, Lag = TimeSpan.FromMilliseconds(8) }), ApiJson.Answers.ViewsAnswer);

    /// <summary>A read model that is made anew.</summary>
    public static readonly KeyValuePair<string, IOpenApiExample> Rebuilding = Examples.Written(
        "rebuilding",
        Summary,
        OperationsEndpoints.ToAnswer(new ViewsProgress
        {
            IsRebuilding = true,
            Slices = 0,
            Events = 0,
            StartedAt = Now,
            Lag = TimeSpan.FromMilliseconds(8),
        }),
        ApiJson.Answers.ViewsAnswer);

    private static HealthAnswer Health(string status, string journal) => new(status, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["cluster"] = "ok",
        ["jobs"] = "ok",
        ["journal"] = journal,
        ["views"] = "ok",
        ["starts"] = "ok",
    })
    {
        TimeZoneData = DataOfExamples,
    };

    private static Decision Create()
    {
        using var json = JsonDocument.Parse(RequestExamples.NightlyReport);
        var definition = new DefinitionReader(new JobHandlers([]), AmqpConnectionNames.Unknown).Read(json.RootElement, Now);
        return JobDecider.Decide(JobState.Empty(JobId), new CreateJob(JobId, definition, BodyHash: null), Now);
    }

    private static RunView Ran()
    {
        var fireTime = new DateTimeOffset(2026, 10, 2, 0, 0, 0, TimeSpan.Zero);
        var dueAt = fireTime.AddMilliseconds(11_200);
        var startedAt = dueAt.AddMilliseconds(2);
        var endedAt = startedAt.AddMilliseconds(340);
        return new RunView
        {
            RunId = RunId.Scheduled(JobId, generation: 1, fireTime),
            JobId = JobId,
            Status = RunStatus.Completed,
            FireTime = fireTime,
            DueAt = dueAt,
            StartedAt = startedAt,
            EndedAt = endedAt,
            Lateness = startedAt - dueAt,
            Duration = endedAt - startedAt,
            Output = new JsonText("""{"status":200}"""),
            Attempts =
            [
                new AttemptView
                {
                    Number = 1,
                    StartedAt = startedAt,
                    EndedAt = endedAt,
                    Outcome = AttemptResult.Succeeded,
                },
            ],
            Version = 4,
        };
    }

    private static JsonText Data(JobEvent fact)
    {
        var data = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(data, Answer.Writing))
            EventJson.WriteData(writer, fact);
        return new JsonText(Encoding.UTF8.GetString(data.WrittenSpan));
    }
}
