using Scheduler.Benchmarks;
using Scheduler.Benchmarks.Measures;

IMeasure[] measures = [new Creates(), new Recurring(), new Lateness(), new WebhookLateness(), new Isolation(), new Burst(), new Overdue(), new Sleeping(), new Lists(), new Soak(), new JournalAlone(), new JournalOnMongo(), new QuartzPeer(), new HangfirePeer()];
var options = Options.Parse(args, [.. measures.Select(measure => measure.Name)]);
if (options is null)
{
    Console.WriteLine(Options.Usage(measures));
    return args.Contains("--help", StringComparer.Ordinal) ? 0 : 2;
}

var report = new Report(Console.Out);
report.Begin();
// The soak lasts as long as all others together.
foreach (var measure in measures.Where(measure => options.Includes(measure.Name) && (measure is not Soak || options.Measures.Count > 0)))
    await measure.RunAsync(options, report);
return 0;
