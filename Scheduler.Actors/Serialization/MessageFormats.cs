using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Serialization.Dtos;
using static Scheduler.Actors.Serialization.Members;
using static Scheduler.Actors.Serialization.MessageMapping;

namespace Scheduler.Actors.Serialization;

/// <summary>The formats of what crosses nodes. Readers ship one release before writers.</summary>
internal static class MessageFormats
{
    private static readonly JobJsonContext Json = JobJsonContext.Default;

    public static IReadOnlyList<Format> All { get; } =
    [
        new Format<CreateJob, CreateJobDto>("msg.job.create.v1", Json.CreateJobDto, ToDto, FromDto),
        new Format<PutJob, EditJobDto>("msg.job.put.v1", Json.EditJobDto, ToDto, Put),
        new Format<UpdateJob, EditJobDto>("msg.job.update.v1", Json.EditJobDto, ToDto, Update),
        new Format<GetJob, PlainCommandDto>(
            "msg.job.get.v1", Json.PlainCommandDto, m => ToDto(m, reason: null), d => new GetJob(Job(d.JobId)) { Origin = Origin(d) }),
        new Format<PauseJob, PlainCommandDto>(
            "msg.job.pause.v1", Json.PlainCommandDto, m => ToDto(m, m.Reason), d => new PauseJob(Job(d.JobId), d.Reason) { Origin = Origin(d) }),
        new Format<ResumeJob, PlainCommandDto>(
            "msg.job.resume.v1", Json.PlainCommandDto, m => ToDto(m, m.Reason), d => new ResumeJob(Job(d.JobId), d.Reason) { Origin = Origin(d) }),
        new Format<CancelRun, CancelRunDto>("msg.run.cancel.v1", Json.CancelRunDto, ToDto, FromDto),
        new Format<TriggerJob, PlainCommandDto>(
            "msg.job.trigger.v1", Json.PlainCommandDto, m => ToDto(m, m.Reason), d => new TriggerJob(Job(d.JobId), d.Reason) { Origin = Origin(d) }),
        new Format<CancelJob, PlainCommandDto>(
            "msg.job.cancel.v1", Json.PlainCommandDto, m => ToDto(m, m.Reason), d => new CancelJob(Job(d.JobId), d.Reason) { Origin = Origin(d) }),
        new Format<DeleteJob, DeleteJobDto>("msg.job.delete.v1", Json.DeleteJobDto, ToDto, FromDto),
        new Format<ReportAttempt, ReportAttemptDto>("msg.attempt.report.v1", Json.ReportAttemptDto, ToDto, FromDto),
        new Format<GiveUpAttempt, GiveUpAttemptDto>("msg.attempt.give_up.v1", Json.GiveUpAttemptDto, ToDto, FromDto),
        new Format<CheckpointJob, CheckpointJobDto>("msg.job.checkpoint.v1", Json.CheckpointJobDto, ToDto, FromDto),
        new Format<ReplanJob, PlainCommandDto>(
            "msg.job.replan.v1", Json.PlainCommandDto, m => ToDto(m, reason: null), d => new ReplanJob(Job(d.JobId)) { Origin = Origin(d) }),
        new Format<TrimJob, TrimDto>(
            "msg.job.trim.v1", Json.TrimDto, m => new TrimDto { JobId = m.JobId.Value, Before = m.Before }, d => new TrimJob(Job(d.JobId), d.Before)),
        new Format<JobTrimmed, TrimDto>(
            "msg.job.trimmed.v1", Json.TrimDto, m => new TrimDto { JobId = m.JobId.Value, Before = m.Before }, d => new JobTrimmed(Job(d.JobId), d.Before)),
        new Format<NodeDraining, NodeDto>("msg.node.draining.v1", Json.NodeDto, m => EventMapping.ToDto(m.Node), d => new NodeDraining(EventMapping.FromDto(d))),
        new Format<LimitNeed, LimitDto>("msg.limit.need.v1", Json.LimitDto, ToDto, LimitNeeded),
        new Format<LimitGranted, LimitDto>("msg.limit.granted.v1", Json.LimitDto, ToDto, LimitGranted),
        new Format<AskLimitNeed, LimitDto>(
            "msg.limit.ask.v1", Json.LimitDto, m => new LimitDto { Limit = m.Limit, Ledger = m.Ledger }, d => new AskLimitNeed(Limit(d), d.Ledger ?? "")),
        new Format<Wake, JobMessageDto>("msg.job.wake.v1", Json.JobMessageDto, m => About(m.JobId), d => new Wake(Job(d.JobId))),
        new Format<StopJob, EmptyDto>("msg.job.stop.v1", Json.EmptyDto, _ => new EmptyDto(), _ => StopJob.Instance),
        new Format<AskAttempt, AttemptMessageDto>(
            "msg.attempt.ask.v1",
            Json.AttemptMessageDto,
            m => About(m.JobId, m.RunId, m.Number),
            d => new AskAttempt(Job(d.JobId), Run(d.RunId), d.Number)),
        new Format<AttemptAnswer, AttemptMessageDto>(
            "msg.attempt.answer.v1", Json.AttemptMessageDto, m => About(m.JobId, m.RunId, m.Number, m.IsHere), FromDto),
        new Format<AskProgress, AttemptMessageDto>(
            "msg.progress.ask.v1",
            Json.AttemptMessageDto,
            m => About(m.JobId, m.RunId, m.Number),
            d => new AskProgress(Job(d.JobId), Run(d.RunId), d.Number)),
        new Format<ProgressAnswer, ProgressDto>("msg.progress.answer.v1", Json.ProgressDto, ToDto, FromDto),
        new Format<AskPermitWait, JobMessageDto>("msg.permit_wait.ask.v1", Json.JobMessageDto, m => About(m.JobId), d => new AskPermitWait(Job(d.JobId))),
        new Format<PermitWaitAnswer, PermitWaitDto>("msg.permit_wait.answer.v1", Json.PermitWaitDto, ToDto, FromDto),
        new Format<StopAttempt, AttemptMessageDto>(
            "msg.attempt.stop.v1",
            Json.AttemptMessageDto,
            m => About(m.JobId, m.RunId, m.Number),
            d => new StopAttempt(Job(d.JobId), Run(d.RunId), d.Number)),
        new Format<JobAccepted, AcceptedDto>("msg.job.accepted.v1", Json.AcceptedDto, ToDto, Accepted),
        new Format<RunAccepted, AcceptedDto>("msg.run.accepted.v1", Json.AcceptedDto, ToDto, AcceptedRun),
        new Format<JobFound, AcceptedDto>("msg.job.found.v1", Json.AcceptedDto, ToDto, Found),
        new Format<PreconditionFailed, PreconditionFailedDto>(
            "msg.job.precondition_failed.v1",
            Json.PreconditionFailedDto,
            m => new PreconditionFailedDto { JobId = m.JobId.Value, Revision = m.Revision },
            d => new PreconditionFailed(Job(d.JobId), d.Revision)),
        new Format<DefinitionRefused, DetailDto>(
            "msg.job.definition_refused.v1",
            Json.DetailDto,
            ToDto,
            FromDto),
        new Format<RunNotActive, AttemptMessageDto>(
            "msg.run.not_active.v1",
            Json.AttemptMessageDto,
            m => new AttemptMessageDto { JobId = m.JobId.Value, RunId = m.RunId.Value },
            d => new RunNotActive(Job(d.JobId), Run(d.RunId))),
        new Format<JobNotFound, JobMessageDto>("msg.job.not_found.v1", Json.JobMessageDto, m => About(m.JobId), d => new JobNotFound(Job(d.JobId))),
        new Format<JobGone, JobMessageDto>("msg.job.gone.v1", Json.JobMessageDto, m => About(m.JobId), d => new JobGone(Job(d.JobId))),
        new Format<JobConflict, DetailDto>(
            "msg.job.conflict.v1",
            Json.DetailDto,
            m => new DetailDto { JobId = m.JobId.Value, Detail = m.Detail, IsOfKey = m.IsOfKey ? true : null },
            d => new JobConflict(Job(d.JobId), d.Detail ?? "") { IsOfKey = d.IsOfKey ?? false }),
        new Format<ReportAcknowledged, AttemptMessageDto>(
            "msg.attempt.acknowledged.v1",
            Json.AttemptMessageDto,
            m => About(m.JobId, m.RunId, m.Number),
            d => new ReportAcknowledged(Job(d.JobId), Run(d.RunId), d.Number)),
        new Format<OutcomeUnknown, JobMessageDto>(
            "msg.job.outcome_unknown.v1", Json.JobMessageDto, m => About(m.JobId), d => new OutcomeUnknown(Job(d.JobId))),
        new Format<DecisionFailed, JobMessageDto>(
            "msg.job.decision_failed.v1", Json.JobMessageDto, m => About(m.JobId), d => new DecisionFailed(Job(d.JobId))),
        new Format<JobUnreadable, JobMessageDto>(
            "msg.job.unreadable.v1", Json.JobMessageDto, m => About(m.JobId), d => new JobUnreadable(Job(d.JobId))),
        new Format<StoreRefused, DetailDto>(
            "msg.job.store_refused.v1", Json.DetailDto, m => About(m.JobId, m.Detail), d => new StoreRefused(Job(d.JobId), d.Detail ?? "")),
    ];
}
