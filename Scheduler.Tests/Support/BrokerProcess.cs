using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>A RabbitMQ broker of a spec's own, which it may stop and start again: <c>eng/rabbitmq.sh</c> runs it.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private readonly string _port;

    private BrokerProcess()
    {
        _port = FreePort().ToString(CultureInfo.InvariantCulture);
        // A test run that is stopped must not leave brokers behind.
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    /// <summary>How it is reached; the same after a restart.</summary>
    public string Uri { get; private set; } = "";

    private static string Script { get; } = FindScript();

    /// <summary>Starts one without queues; skips the spec where RabbitMQ is not installed.</summary>
    public static async Task<BrokerProcess> StartAsync()
    {
        Skip.IfNot(File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server"), "No RabbitMQ to start: install it with 'eng/rabbitmq.sh install'.");
        var broker = new BrokerProcess();
        try
        {
            await broker.RestartAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => RunAsync("stop", _folder.Path);

    /// <summary>Starts it on what it had stored, and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        var output = await RunAsync("start", _port, _folder.Path);
        Uri = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        await RunAsync("kill", _folder.Path);
        _folder.Dispose();
    }

    private static string FindScript()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Scheduler.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run within the repository.");
        return Path.Combine(folder.FullName, "eng", "rabbitmq.sh");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[Script, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{Script} {arguments[0]} exited with {process.ExitCode}: {await errors}");
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        // One process that needs nobody: a test host isn't given the time to wait for it.
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false };
        foreach (var argument in (string[])["bash", "-c", "bash \"$0\" kill \"$1\" > /dev/null 2>&1; rm -rf \"$1\"", Script, _folder.Path])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start);
    }
}
