using System.Diagnostics;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>A Celery worker of Debian's package, with a task that writes what it was called with into a file.</summary>
internal sealed class CeleryWorker : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Tasks = """
        import json, os
        from celery import Celery

        app = Celery("tasks", broker=os.environ["BROKER"])
        app.conf.task_default_queue = os.environ["QUEUE"]

        @app.task(name="reports.build", bind=True)
        def build(self, customer, *, day):
            path = os.environ["RESULT"]
            with open(path + ".part", "w") as file:
                json.dump({"id": self.request.id, "customer": customer, "day": day, "retries": self.request.retries}, file)
            os.rename(path + ".part", path)
        """;

    private readonly Process _process;
    private readonly TemporaryFolder _folder;

    private CeleryWorker(Process process, TemporaryFolder folder)
    {
        _process = process;
        _folder = folder;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    /// <summary>What the task wrote; null until it has.</summary>
    public string? Result => File.Exists(_folder.File("result")) ? File.ReadAllText(_folder.File("result")) : null;

    /// <summary>What it printed.</summary>
    public string Output => File.Exists(_folder.File("log")) ? File.ReadAllText(_folder.File("log")) : "";

    /// <summary>Starts one that reads <paramref name="queue"/>, which it declares; skips the spec where Celery is not installed.</summary>
    public static CeleryWorker Start(string broker, string queue)
    {
        Skip.IfNot(Directory.Exists("/usr/lib/python3/dist-packages/celery"), "No Celery: install it with 'eng/rabbitmq.sh install'.");
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tasks.py"), Tasks);
        var start = new ProcessStartInfo(Python) { UseShellExecute = false, WorkingDirectory = folder.Path };
        string[] arguments =
        [
            "-m", "celery", "-A", "tasks", "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO",
            "--logfile", folder.File("log"),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["BROKER"] = broker;
        start.Environment["QUEUE"] = queue;
        start.Environment["RESULT"] = folder.File("result");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return new CeleryWorker(Process.Start(start)!, folder);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
            _process.Kill();
    }
}
