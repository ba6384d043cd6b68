return await Scheduler.Host.SchedulerHost.RunAsync(args);
