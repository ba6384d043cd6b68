using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>
/// A MongoDB server of a spec's own, which it may kill or start in another role. The script that <c>SCHEDULER_MONGODB_SERVER</c> names
/// starts it (<c>start PORT DIR</c>, which prints the connection string last; <c>stop DIR</c>; <c>kill DIR</c>); without the variable,
/// <c>shared/mongo/documentdb.sh</c> beside the repository. Where there is neither, the spec is skipped.
/// </summary>
internal sealed class MongoServerProcess : IAsyncDisposable
{
    /// <summary>Of <see cref="StartAsync"/>: a server that is no replica set, so that it has neither transactions nor change streams.</summary>
    public const string Standalone = "--standalone";

    private const string Variable = "SCHEDULER_MONGODB_SERVER";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly string _script;
    private readonly string _arguments;
    private readonly TemporaryFolder _folder = new();

    private readonly string? _address;

    private MongoServerProcess(string script, string arguments, string? address = null)
    {
        _address = address;
        _script = script;
        _arguments = arguments;
        Port = FreePort();
        // A test run that is stopped must not leave servers behind.
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    /// <summary>Where it listens on the loopback; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>How it is reached; names no database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts a server with an empty folder; skips the spec where none can be started.</summary>
    /// <param name="arguments">Of the server, <see cref="Standalone"/> for example.</param>
    public static Task<MongoServerProcess> StartAsync(params string[] arguments) => StartAtAsync(address: null, arguments);

    /// <summary>The same on another address of this machine than the loopback's.</summary>
    /// <param name="address">The address; null for the loopback's.</param>
    /// <param name="arguments">Of the server.</param>
    public static async Task<MongoServerProcess> StartAtAsync(string? address, params string[] arguments)
    {
        var script = FindScript();
        Skip.If(script is null, $"No MongoDB server to start: set {Variable} to a script that takes start PORT DIR, stop DIR and kill DIR.");
        var server = new MongoServerProcess(script!, string.Join(' ', arguments), address);
        try
        {
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string with a database.</summary>
    public string Database(string name)
    {
        var query = ConnectionString.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? $"{ConnectionString.TrimEnd('/')}/{name}" : ConnectionString.Insert(query, name);
    }

    /// <summary><c>kill -9</c> of the whole server.</summary>
    public Task KillAsync() => RunAsync("kill", _folder.Path);

    /// <summary>Starts it again on what it had stored, and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        var output = await RunAsync("start", Port.ToString(System.Globalization.CultureInfo.InvariantCulture), _folder.Path);
        ConnectionString = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        await KillAsync();
        _folder.Dispose();
    }

    private static string? FindScript()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return named;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scheduler.sln")))
            folder = folder.Parent;
        for (folder = folder?.Parent; folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "shared", "mongo", "documentdb.sh");
            if (File.Exists(script))
                return script;
        }

        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        using var deadline = new CancellationTokenSource(s_patience, TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{_script} {arguments[0]} exited with {process.ExitCode}: {await errors}");
    }

    private Process Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[_script, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["DOCDB_ARGS"] = _arguments;
        start.Environment["DOCDB_BUFFERS"] = "64MB";
        if (_address is not null)
            start.Environment["DOCDB_IP"] = _address;
        // Without fsync a kill would prove little.
        start.Environment.Remove("DOCDB_FAST");
        return Process.Start(start)!;
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        // One process that needs nobody: a test host isn't given the time to wait for it.
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false };
        foreach (var argument in (string[])["bash", "-c", "bash \"$0\" kill \"$1\" > /dev/null 2>&1; rm -rf \"$1\"", _script, _folder.Path])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start);
    }
}
