using Scheduler.Benchmarks;
using Scheduler.Benchmarks.Measures;

IMeasure[] measures = [new Creates(), new Recurring(), new Lateness(), new WebhookLateness(), new Isolation(), new Burst(), new Overdue(), new Cold(), new Idle(), new Sleeping(), new Lists(), new Soak(), new JournalAlone(), new JournalOnMongo(), new Nodes(), new QuartzPeer(), new HangfirePeer()];
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
report.Ratio("creates / Quartz.NET on SQLite", Creates.Rate, QuartzPeer.SqliteCreates, mark: 8);
report.Ratio("creates / Hangfire on SQLite", Creates.Rate, HangfirePeer.CreateRate, mark: null);
report.Ratio("creates / bare SQLite, the same rows, 32 a transaction", Creates.Rate, Creates.BareRate, mark: 0.4);
report.Ratio("burst / Quartz.NET on SQLite", Burst.Rate, QuartzPeer.SqliteBurst, mark: 25);
report.Ratio("burst / Hangfire on SQLite", Burst.Rate, HangfirePeer.BurstRate, mark: null);
return 0;
