using System.Runtime.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Serialization.Dtos;
using static Scheduler.Actors.Serialization.Members;

namespace Scheduler.Actors.Serialization;

/// <summary>Commands, replies and what else crosses nodes, to and from their shapes.</summary>
internal static class MessageMapping
{
    private const string Succeeded = "succeeded";

    public static CreateJobDto ToDto(CreateJob m)
    {
        var dto = With(m, new CreateJobDto { Definition = DefinitionMapping.ToDto(m.Definition) });
        dto.BodyHash = m.BodyHash;
        return dto;
    }

    public static CreateJob FromDto(CreateJobDto dto) =>
        new(Job(dto.JobId), DefinitionMapping.FromDto(Need(dto.Definition, "definition")), dto.BodyHash) { Origin = Origin(dto) with { BodyHash = null } };

    public static EditJobDto ToDto(PutJob m) =>
        With(m, new EditJobDto { Definition = DefinitionMapping.ToDto(m.Definition), Precondition = ToDto(m.Precondition) });

    public static EditJobDto ToDto(UpdateJob m) =>
        With(m, new EditJobDto { Definition = DefinitionMapping.ToDto(m.Definition), Precondition = ToDto(m.Precondition) });

    public static PutJob Put(EditJobDto dto) =>
        new(Job(dto.JobId), DefinitionMapping.FromDto(Need(dto.Definition, "definition")), FromDto(dto.Precondition)) { Origin = Origin(dto) };

    public static UpdateJob Update(EditJobDto dto) =>
        new(Job(dto.JobId), DefinitionMapping.FromDto(Need(dto.Definition, "definition")), FromDto(dto.Precondition)) { Origin = Origin(dto) };

    public static DeleteJobDto ToDto(DeleteJob m) =>
        With(m, new DeleteJobDto { Reason = m.Reason, Precondition = ToDto(m.Precondition), Version = m.Version });

    public static DeleteJob FromDto(DeleteJobDto dto) => new(Job(dto.JobId), dto.Reason)
    {
        Origin = Origin(dto),
        Precondition = FromDto(dto.Precondition),
        Version = dto.Version,
    };

    public static CancelRunDto ToDto(CancelRun m) => With(m, new CancelRunDto { RunId = m.RunId.Value, Reason = m.Reason });

    public static CancelRun FromDto(CancelRunDto dto) => new(Job(dto.JobId), Run(dto.RunId), dto.Reason) { Origin = Origin(dto) };

    public static PlainCommandDto ToDto(JobCommand m, string? reason) => With(m, new PlainCommandDto { Reason = reason });

    public static ReportAttemptDto ToDto(ReportAttempt m)
    {
        var timing = m.Outcome.Timing;
        var dto = With(m, new ReportAttemptDto
        {
            RunId = m.RunId.Value,
            Number = m.Number,
            StartedAt = timing.StartedAt,
            LatenessMs = Ms(timing.Lateness),
            DurationMs = Ms(timing.Duration),
        });
        switch (m.Outcome)
        {
            case AttemptSucceeded outcome:
                dto.Outcome = Succeeded;
                dto.Output = outcome.Output;
                break;
            case AttemptNotSucceeded outcome:
                dto.Outcome = Words.FailureKinds.Of(outcome.Kind);
                dto.Error = outcome.Error;
                dto.Retryable = outcome.Retryable;
                dto.RetryAfter = outcome.RetryAfter;
                break;
            default:
                throw new SerializationException($"No shape for {m.Outcome}.");
        }

        return dto;
    }

    public static ReportAttempt FromDto(ReportAttemptDto dto)
    {
        var timing = TimingOf(dto.StartedAt, dto.LatenessMs, dto.DurationMs);
        AttemptOutcome outcome = dto.Outcome == Succeeded
            ? new AttemptSucceeded(dto.Output, timing)
            : new AttemptNotSucceeded(Words.FailureKinds.Parse(dto.Outcome), dto.Error ?? "", dto.Retryable, timing) { RetryAfter = dto.RetryAfter };
        return new ReportAttempt(Job(dto.JobId), Run(dto.RunId), dto.Number, outcome) { Origin = Origin(dto) };
    }

    public static GiveUpAttemptDto ToDto(GiveUpAttempt m) =>
        With(m, new GiveUpAttemptDto { RunId = m.RunId.Value, Number = m.Number, Loss = Words.AttemptLosses.Of(m.Loss) });

    public static GiveUpAttempt FromDto(GiveUpAttemptDto dto) =>
        new(Job(dto.JobId), Run(dto.RunId), dto.Number, Words.AttemptLosses.Parse(dto.Loss)) { Origin = Origin(dto) };

    public static CheckpointJobDto ToDto(CheckpointJob m) =>
        With(m, new CheckpointJobDto { Version = m.Version, Earliest = m.Earliest, Past = EventMapping.ToDto(m.Past) });

    public static CheckpointJob FromDto(CheckpointJobDto dto) =>
        new(Job(dto.JobId), dto.Version, EventMapping.FromDto(Need(dto.Past, "past"))) { Earliest = dto.Earliest, Origin = Origin(dto) };

    public static JobMessageDto About(JobId job) => new() { JobId = job.Value };

    public static AttemptMessageDto About(JobId job, RunId run, int number, bool? isHere = null) =>
        new() { JobId = job.Value, RunId = run.Value, Number = number, IsHere = isHere };

    public static AttemptAnswer FromDto(AttemptMessageDto dto) =>
        new(Job(dto.JobId), Run(dto.RunId), dto.Number, Need(dto.IsHere, "is_here"));

    public static ProgressDto ToDto(ProgressAnswer m) =>
        new() { JobId = m.JobId.Value, RunId = m.RunId.Value, Done = m.Progress?.Done, Total = m.Progress?.Total, At = m.Progress?.At };

    public static ProgressAnswer FromDto(ProgressDto dto) =>
        new(Job(dto.JobId), Run(dto.RunId), dto is { Done: { } done, At: { } at } ? new RunProgress(done, dto.Total, at) : null);

    public static PermitWaitDto ToDto(PermitWaitAnswer m) => new() { JobId = m.JobId.Value, Limit = m.Wait?.Limit, Since = m.Wait?.Since };

    public static PermitWaitAnswer FromDto(PermitWaitDto dto) =>
        new(Job(dto.JobId), dto is { Limit: { } limit, Since: { } since } ? new WaitingForPermit(limit, since) : null);

    public static LimitDto ToDto(LimitNeed m) => new()
    {
        Limit = m.Limit,
        Ledger = m.Ledger,
        Node = EventMapping.ToDto(m.Node),
        Places = m.Held,
        Waiting = m.Waiting,
        Number = m.Seen,
        At = m.At,
    };

    public static LimitNeed LimitNeeded(LimitDto dto) =>
        new(Limit(dto), EventMapping.FromDto(Need(dto.Node, "node")))
        {
            Ledger = dto.Ledger ?? "",
            Held = dto.Places,
            Waiting = dto.Waiting,
            Seen = dto.Number,
            At = Need(dto.At, "at"),
        };

    public static LimitDto ToDto(LimitGranted m) => new() { Limit = m.Limit, Ledger = m.Ledger, Places = m.Places, Number = m.Number, At = m.At };

    public static LimitGranted LimitGranted(LimitDto dto) =>
        new(Limit(dto), dto.Ledger ?? "") { Places = dto.Places, Number = dto.Number, At = Need(dto.At, "at") };

    public static string Limit(LimitDto dto) => Need(dto.Limit, "limit");

    public static AcceptedDto ToDto(JobAccepted m) => new() { State = StateMapping.ToDto(m.State), Replayed = m.Replayed, IsNew = m.IsNew };

    public static JobAccepted Accepted(AcceptedDto dto) => new(State(dto), dto.Replayed) { IsNew = dto.IsNew };

    public static AcceptedDto ToDto(JobFound m) => new() { State = StateMapping.ToDto(m.State) };

    public static JobFound Found(AcceptedDto dto) => new(State(dto));

    public static AcceptedDto ToDto(RunAccepted m) =>
        new() { State = StateMapping.ToDto(m.State), RunId = m.RunId.Value, Replayed = m.Replayed };

    public static RunAccepted AcceptedRun(AcceptedDto dto) => new(State(dto), Run(dto.RunId), dto.Replayed);

    public static DetailDto About(JobId job, string detail) => new() { JobId = job.Value, Detail = detail };

    public static DetailDto ToDto(DefinitionRefused m) => new()
    {
        JobId = m.JobId.Value,
        Field = m.Field,
        Detail = m.Detail,
        DayMatch = m.Readings is { } readings ? new DayMatchReadingsDto { Either = Array(readings.Either), Both = Array(readings.Both) } : null,
    };

    public static DefinitionRefused FromDto(DetailDto dto) => new(Job(dto.JobId), dto.Field ?? "", dto.Detail ?? "")
    {
        Readings = dto.DayMatch is { } readings ? new DayMatchReadings(Domain.ValueList.From(readings.Either), Domain.ValueList.From(readings.Both)) : null,
    };

    public static CommandOrigin Origin(CommandDto dto) =>
        dto is { By: null, Key: null, Trace: null, BodyHash: null } ? CommandOrigin.None : new CommandOrigin(dto.By, dto.Key, dto.Trace) { BodyHash = dto.BodyHash };

    private static PreconditionDto? ToDto(Precondition p) => p == Precondition.None
        ? null
        : new PreconditionDto { Revisions = Array(p.Revisions), MustExist = p.MustExist, MustNotExist = p.MustNotExist };

    private static Precondition FromDto(PreconditionDto? dto) =>
        dto is null ? Precondition.None : new Precondition(Domain.ValueList.From(dto.Revisions), dto.MustExist, dto.MustNotExist);

    private static JobState State(AcceptedDto dto) => StateMapping.FromDto(Need(dto.State, "state"));

    private static TDto With<TDto>(JobCommand m, TDto dto)
        where TDto : CommandDto
    {
        dto.JobId = m.JobId.Value;
        dto.By = m.Origin.By;
        dto.Key = m.Origin.Key;
        dto.Trace = m.Origin.Trace;
        dto.BodyHash = m.Origin.BodyHash;
        return dto;
    }
}
