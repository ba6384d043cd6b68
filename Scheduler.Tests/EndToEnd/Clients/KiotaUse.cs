using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using GeneratedByKiota;
using GeneratedByKiota.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

/// <summary>Uses the client that Kiota generates. Compiled together with it by GeneratedClientSpecs, and no part of this project.</summary>
public static class KiotaUse
{
    public static async Task<string> RunAsync(HttpClient http)
    {
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = http.BaseAddress!.ToString().TrimEnd('/') };
        var client = new SchedulerClient(adapter);
        var made = await client.Jobs.PostAsync(new JobDefinition
        {
            Name = "by Kiota",
            Schedule = new Schedule { Cron = "0 0 13 * 5", DayMatch = Schedule_day_match.Either },
            Retry = new Retry { Backoff = Retry_backoff.Exponential, Factor = 3 },
            Target = new Target { Http = new HttpTarget { Url = "http://127.0.0.1:9/{{job.id}}" } },
        });
        var listed = (await client.Jobs.GetAsync(request => request.QueryParameters.Name = "by Kiota"))!.Single();
        var read = (await client.Jobs[made!.JobId!].GetAsync())!;
        var patched = (await client.Jobs[made.JobId!].PatchAsync(new JobPatch { Timeout = "PT10S" }))!;
        return $"{listed.JobId == read.JobId}; {read.Schedule!.Cron} {read.Schedule.DayMatch}; {read.Retry!.Backoff} {read.Retry.MaxAttempts} {read.Retry.Factor}; {read.Target!.Http!.Url}; {read.Status}; {read.Timeout} {patched.Timeout} {patched.Revision}";
    }
}
