using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scheduler.Tests.Support;

/// <summary>The real host as a process of its own, on a free port of the loopback address. Ended by its own id, however it goes.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private const int KeptOutput = 64 * 1024;
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly long _startedAt;

    private HostProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        // A test run that is stopped must not leave hosts behind.
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        _startedAt = TimeProvider.System.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>When <c>/health/ready</c> first answered 200.</summary>
    public DateTimeOffset ReadyAt { get; private set; }

    /// <summary>From the start of the process to <see cref="ReadyAt"/>.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>What it printed so far; of very much, the end.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(string dataPath, params string[] arguments) => ReadyAsync(Launch(dataPath, arguments));

    /// <summary>Starts the sample with a handler of its own, and waits until it is ready.</summary>
    public static Task<HostProcess> StartSampleAsync(string dataPath, params string[] arguments) =>
        ReadyAsync(Launch(HostBinary.FindSample(), dataPath, arguments));

    /// <summary>Starts another build of it, and waits until it is ready.</summary>
    public static Task<HostProcess> StartBinaryAsync(string binary, string dataPath, params string[] arguments) =>
        ReadyAsync(Launch(binary, dataPath, arguments));

    /// <summary>Starts it and waits for nothing.</summary>
    public static HostProcess Launch(string dataPath, params string[] arguments) => Launch(HostBinary.Find(), dataPath, arguments);

    private static async Task<HostProcess> ReadyAsync(HostProcess host)
    {
        try
        {
            await host.WaitUntilReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private static HostProcess Launch(string binary, string dataPath, string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // The content root, where appsettings.json is read.
            WorkingDirectory = Path.GetDirectoryName(binary)!,
        };
        string[] all = [binary, "--urls", address.GetLeftPart(UriPartial.Authority), $"--Scheduler:DataPath={dataPath}", "--Scheduler:Http:AllowedAddresses=loopback", .. arguments];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        // What a test runner or a developer's shell happens to set is not what an operator runs.
        foreach (var name in start.Environment.Keys.Where(IsHostSetting).ToList())
            start.Environment.Remove(name);
        return new HostProcess(new Process { StartInfo = start }, address);
    }

    /// <summary>Waits until it can create a job and read it back, as it says itself.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        while (TimeProvider.System.GetElapsedTime(_startedAt) < Deadline)
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"The host exited with {_process.ExitCode} before it was ready:\n{Output}");
            }

            if (await ReadinessAsync(http) == HttpStatusCode.OK)
            {
                TimeToReady = TimeProvider.System.GetElapsedTime(_startedAt);
                ReadyAt = TimeProvider.System.GetUtcNow();
                return;
            }

            await Task.Delay(ProbePause, TimeProvider.System);
        }

        throw new TimeoutException($"The host was not ready after {Deadline}:\n{Output}");
    }

    /// <summary>Waits until it takes no more requests: it says that it isn't ready, or no longer listens.</summary>
    public async Task WaitUntilNotReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        var since = TimeProvider.System.GetTimestamp();
        while (await ReadinessAsync(http) == HttpStatusCode.OK)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Deadline)
                throw new TimeoutException($"The host was still ready after {Deadline}:\n{Output}");
            await Task.Delay(ProbePause, TimeProvider.System);
        }
    }

    /// <summary><c>kill -9</c>: no handler of the process sees it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary><c>kill -TERM</c>: asks it to drain.</summary>
    public void Terminate() => PosixSignal.Terminate(_process.Id);

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The host was still running after {Deadline}:\n{Output}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>Drains it and waits for its end; what takes too long is an error.</summary>
    public async Task<int> StopAsync()
    {
        Terminate();
        return await WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        await KillAsync();
        _process.Dispose();
    }

    internal static bool IsHostSetting(string name) =>
        name.StartsWith("Scheduler__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Kestrel__", StringComparison.OrdinalIgnoreCase);

    private static async Task<HttpStatusCode?> ReadinessAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode;
        }
        catch (Exception notListening) when (notListening is HttpRequestException or SocketException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_output)
        {
            _output.AppendLine(line);
            if (_output.Length > 2 * KeptOutput)
                _output.Remove(0, _output.Length - KeptOutput);
        }
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
            _process.Kill();
    }
}
