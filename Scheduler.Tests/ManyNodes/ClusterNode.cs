using System.Diagnostics;
using System.Net;
using System.Text;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.ManyNodes;

/// <summary>A node under a supervisor, which starts it again when it ends by itself; ended by its own process ids.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private readonly Func<ProcessStartInfo> _start;
    private readonly HttpClient _http;
    private readonly Lock _changing = new();
    private readonly StringBuilder _output = new();
    private readonly List<int> _exits = [];
    private Process? _process;
    private bool _isWanted;

    public ClusterNode(int number, Uri address, Func<ProcessStartInfo> start)
    {
        (Number, _start) = (number, start);
        Api = new SchedulerClient(address);
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
    }

    public int Number { get; }

    /// <summary>A client of this node.</summary>
    public SchedulerClient Api { get; }

    /// <summary>The codes that its processes ended with, in order.</summary>
    public IReadOnlyList<int> Exits
    {
        get
        {
            lock (_changing)
                return [.. _exits];
        }
    }

    /// <summary>What its processes printed, the end of it.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Whether it was started, and neither killed for good nor stopped.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_changing)
                return _isWanted;
        }
    }

    public int ProcessId => _process!.Id;

    public void Start()
    {
        lock (_changing)
        {
            _isWanted = true;
            Launch();
        }
    }

    /// <summary><c>kill -9</c>; started again by the supervisor, or not.</summary>
    public async Task KillAsync(bool again)
    {
        Process process;
        lock (_changing)
        {
            _isWanted = again;
            process = _process!;
            process.Kill();
        }

        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Process process;
        lock (_changing)
        {
            _isWanted = false;
            process = _process!;
        }

        PosixSignal.Send(process.Id, PosixSignal.SigTerm);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        return process.ExitCode;
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public async Task DeleteAsync(string job)
    {
        using var answer = await _http.DeleteAsync(new Uri($"/jobs/{job}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Kill();
        Api.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Kill()
    {
        lock (_changing)
        {
            _isWanted = false;
            if (_process is { HasExited: false })
                _process.Kill();
        }
    }

    private void Launch()
    {
        var process = new Process { StartInfo = _start(), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Exited += (_, _) => Ended(process);
        _process = process;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Ended(Process process)
    {
        lock (_changing)
        {
            _exits.Add(process.ExitCode);
            if (_isWanted && process == _process)
                Launch();
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_output)
        {
            _output.AppendLine(line);
            if (_output.Length > 256 * 1024)
                _output.Remove(0, _output.Length - (128 * 1024));
        }
    }
}
