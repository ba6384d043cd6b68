using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using GeneratedByNSwag;

/// <summary>Uses the client that NSwag generates. Compiled together with it by GeneratedClientSpecs, and no part of this project.</summary>
public static class NSwagUse
{
    public static async Task<string> RunAsync(HttpClient http)
    {
        var client = new SchedulerClient(http);
        var definition = new JobDefinition
        {
            Name = "by NSwag",
            Schedule = new Schedule { Cron = "0 0 13 * 5", Day_match = ScheduleDay_match.Either },
            Retry = new Retry { Backoff = RetryBackoff.Exponential, Factor = 3 },
            Target = new Target { Http = new HttpTarget { Url = "http://127.0.0.1:9/{{job.id}}" } },
        };
        var made = await client.CreateJobAsync(definition);
        var listed = (await client.ListJobsAsync(name: "by NSwag")).Single();
        var read = await client.GetJobAsync(made.Job_id);
        var patched = await client.PatchJobAsync(read.Job_id, new JobPatch { Timeout = "PT10S" });
        return $"{listed.Job_id == read.Job_id}; {read.Schedule.Cron} {read.Schedule.Day_match}; {read.Retry.Backoff} {read.Retry.Max_attempts} {read.Retry.Factor}; {read.Target.Http!.Url}; {read.Status}; {read.Timeout} {patched.Timeout} {patched.Revision}";
    }
}
