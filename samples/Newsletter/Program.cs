using Scheduler.Actors.Execution.Handlers;
using Scheduler.Host;
using Scheduler.Samples.Newsletter;

return await SchedulerHost.RunAsync(args, services => services
    .AddSingleton<IMailbox, ConsoleMailbox>()
    .AddJobHandler<SendNewsletter, NewsletterParameters>("send-newsletter"));
