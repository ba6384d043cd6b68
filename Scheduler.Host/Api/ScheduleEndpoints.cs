using System.Globalization;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>The calls about schedules that belong to no job yet.</summary>
internal sealed partial class ScheduleEndpoints(TimeProvider time, ILogger<ScheduleEndpoints> log)
{
    internal const int MaxCount = 1000;
    internal const int DefaultCount = 10;
    private const string LocalFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFzzz";

    private static readonly JobId Nobody = JobId.Parse("preview");

    internal static readonly string[] OwnFields = ["from", "count"];

    internal static readonly string[] Fields = [.. JobMembers.Timing.Names, .. OwnFields];

    /// <summary><c>POST /schedules:preview</c>.</summary>
    public async Task PreviewAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        JobDefinition definition;
        DateTimeOffset from;
        int count;
        using (var json = RequestBody.Parse(body))
            (definition, from, count) = Read(json.RootElement);

        await Answer.WriteAsync(context, StatusCodes.Status200OK, Preview(definition, from, count), ApiJson.Answers.PreviewAnswer);
    }

    /// <summary>All of it follows from what the client sent, so whatever cannot be computed is the client's to change.</summary>
    private PreviewAnswer Preview(JobDefinition definition, DateTimeOffset from, int count)
    {
        try
        {
            // Whether a schedule ever fires is for the job to say, here as at its creation.
            var create = new CreateJob(Nobody, definition, BodyHash: null);
            var reply = JobDecider.Decide(JobState.Empty(Nobody), create, from).Reply;
            var resolved = reply is JobAccepted accepted ? accepted.State.Definition! : throw Asking.Otherwise(create, reply);
            var fireTimes = SchedulePreview.Of(resolved.FireTimes, from, count) ?? throw Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["count"] = [$"asks for fire times more than {SchedulePreview.MostDays:#,0} days after the first: ask for fewer"],
            });
            return new PreviewAnswer([.. fireTimes.Select(f => new FireTimeAnswer(f.At, Text(f.Local), f.Note))]);
        }
        catch (Exception e) when (e is not ProblemException)
        {
            LogNotComputed(e, definition.Schedule);
            throw Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["schedule"] = ["is one whose fire times cannot be computed"] });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The fire times of {Schedule} could not be computed")]
    private partial void LogNotComputed(Exception e, Schedule schedule);

    private static string Text(DateTimeOffset local) => local.ToString(LocalFormat, CultureInfo.InvariantCulture);

    private (JobDefinition Definition, DateTimeOffset From, int Count) Read(JsonElement body)
    {
        var errors = new FieldErrors();
        if (!ObjectReader.TryOpen(body, path: "", errors, Fields, out var reader))
            errors.ThrowIfAny();
        var now = time.GetUtcNow();
        var from = Instant.Floor(reader.Instant("from") ?? now);
        var definition = JobMembers.Timing.Read(reader);
        DefinitionReader.CheckDelay(definition.Schedule, from, errors);
        var count = reader.Number("count", 1, MaxCount) ?? DefaultCount;
        errors.ThrowIfAny();
        return (definition, from, count);
    }
}
