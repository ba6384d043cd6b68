using System.Text.Json;
using System.Text.Json.Serialization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.Definition;

namespace Scheduler.Host.Api.Contracts;

/// <summary>A job: its definition, what it is doing, and what the replaced service's clients look for. Its members are declared: <see cref="JobAnswerMembers"/>.</summary>
/// <param name="State">The job.</param>
/// <param name="WaitingFor">What it waits for; null for nothing.</param>
[JsonConverter(typeof(JobAnswerConverter))]
internal sealed record JobAnswer(JobState State, WaitingForAnswer? WaitingFor);

/// <summary>Writes a job as its members are declared.</summary>
internal sealed class JobAnswerConverter : JsonConverter<JobAnswer>
{
    private static readonly Kind<JobAnswer> Job = JobAnswerMembers.All.AsKind();

    public override JobAnswer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read field by field.");

    public override void Write(Utf8JsonWriter writer, JobAnswer value, JsonSerializerOptions options) => Job.Write(writer, value);
}
