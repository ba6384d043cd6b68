namespace Scheduler.Host.Api.OpenApi;

/// <summary>The names of the document's schemas.</summary>
internal static class Components
{
    public const string JobDefinition = nameof(JobDefinition);
    public const string JobPatch = nameof(JobPatch);
    public const string Schedule = nameof(Schedule);
    public const string Misfire = nameof(Misfire);
    public const string Retry = nameof(Retry);
    public const string Target = nameof(Target);
    public const string HttpTarget = nameof(HttpTarget);
    public const string AmqpTarget = nameof(AmqpTarget);
    public const string Reason = nameof(Reason);
    public const string PreviewRequest = nameof(PreviewRequest);
    public const string Job = nameof(Job);
    public const string JobItem = nameof(JobItem);
    public const string RunItem = nameof(RunItem);
    public const string EventItem = nameof(EventItem);
    public const string Run = nameof(Run);
    public const string Attempt = nameof(Attempt);
    public const string Progress = nameof(Progress);
    public const string WaitingFor = nameof(WaitingFor);
    public const string Triggered = nameof(Triggered);
    public const string BatchLine = nameof(BatchLine);
    public const string Preview = nameof(Preview);
    public const string FireTime = nameof(FireTime);
    public const string Audit = nameof(Audit);
    public const string Health = nameof(Health);
    public const string Cluster = nameof(Cluster);
    public const string Member = nameof(Member);
    public const string Replanning = nameof(Replanning);
    public const string Views = nameof(Views);
    public const string Rebuild = nameof(Rebuild);
    public const string FailingSlice = nameof(FailingSlice);
    public const string Problem = nameof(Problem);
}
