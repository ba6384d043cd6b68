using System.Text.Json.Serialization;
using Scheduler.Actors.Serialization.Dtos;

namespace Scheduler.Actors.Serialization;

/// <summary>
/// How the DTOs become JSON. The depth is far above what the API lets in, because a client's JSON lies a few levels deep in an event: what
/// was accepted must stay readable.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 512,
    Converters = [typeof(InstantConverter), typeof(DurationConverter), typeof(JsonTextConverter), typeof(HttpHeadersConverter)])]
[JsonSerializable(typeof(JobCreatedDto))]
[JsonSerializable(typeof(JobScheduledDto))]
[JsonSerializable(typeof(JobUpdatedDto))]
[JsonSerializable(typeof(JobPausedDto))]
[JsonSerializable(typeof(JobResumedDto))]
[JsonSerializable(typeof(JobCancelledDto))]
[JsonSerializable(typeof(JobCompletedDto))]
[JsonSerializable(typeof(JobDeletedDto))]
[JsonSerializable(typeof(RunRequestedDto))]
[JsonSerializable(typeof(AttemptStartedDto))]
[JsonSerializable(typeof(AttemptFailedDto))]
[JsonSerializable(typeof(AttemptLostDto))]
[JsonSerializable(typeof(RunCompletedDto))]
[JsonSerializable(typeof(RunDiscardedDto))]
[JsonSerializable(typeof(RunCancelledDto))]
[JsonSerializable(typeof(OccurrencesSkippedDto))]
[JsonSerializable(typeof(JobCheckpointedDto))]
[JsonSerializable(typeof(StateDto))]
[JsonSerializable(typeof(CreateJobDto))]
[JsonSerializable(typeof(EditJobDto))]
[JsonSerializable(typeof(DeleteJobDto))]
[JsonSerializable(typeof(CancelRunDto))]
[JsonSerializable(typeof(PlainCommandDto))]
[JsonSerializable(typeof(ReportAttemptDto))]
[JsonSerializable(typeof(GiveUpAttemptDto))]
[JsonSerializable(typeof(CheckpointJobDto))]
[JsonSerializable(typeof(PermitWaitDto))]
[JsonSerializable(typeof(JobMessageDto))]
[JsonSerializable(typeof(TrimDto))]
[JsonSerializable(typeof(NodeDto))]
[JsonSerializable(typeof(LimitDto))]
[JsonSerializable(typeof(AttemptMessageDto))]
[JsonSerializable(typeof(ProgressDto))]
[JsonSerializable(typeof(EmptyDto))]
[JsonSerializable(typeof(AcceptedDto))]
[JsonSerializable(typeof(PreconditionFailedDto))]
[JsonSerializable(typeof(DetailDto))]
internal sealed partial class JobJsonContext : JsonSerializerContext;
