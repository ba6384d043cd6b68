using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Load;

/// <summary>A real server process with an empty data folder of its own on a disk, and callers that have warmed it up.</summary>
internal sealed class ServerLoad : IAsyncDisposable
{
    /// <summary>How many jobs a warm server has run.</summary>
    public const int WarmUpJobs = 2000;

    private readonly TemporaryFolder _folder = new();

    private readonly string? _binary;
    private readonly string[] _arguments;

    private ServerLoad(string? binary, string[] arguments) => (_binary, _arguments) = (binary, arguments);

    /// <summary>Where the process keeps its files.</summary>
    public string DataPath => _folder.Path;

    /// <summary>The process.</summary>
    public HostProcess Host { get; private set; } = null!;

    /// <summary>Its callers.</summary>
    public Callers Callers { get; private set; } = null!;

    /// <summary>How many jobs a second were created at the end of the warm-up: enough to plan with, no more.</summary>
    public double RoughCreatesPerSecond { get; private set; }

    /// <summary>Starts a server, that of this build or another one's; warm, its compiled code for creating and firing is there.</summary>
    public static async Task<ServerLoad> StartAsync(bool warm = true, string? binary = null, params string[] arguments)
    {
        var load = new ServerLoad(binary, arguments);
        try
        {
            await load.StartAgainAsync();
            if (warm)
                await load.WarmUpAsync();
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process on the same data folder, when the one before it is gone.</summary>
    public async Task StartAgainAsync()
    {
        if (Host is not null)
            await Host.DisposeAsync();
        Callers?.Dispose();
        Host = _binary is null ? await HostProcess.StartAsync(_folder.Path, _arguments) : await HostProcess.StartBinaryAsync(_binary, _folder.Path, _arguments);
        Callers = await Callers.ConnectAsync(Host.Address);
    }

    /// <summary>A whole second before which this many jobs are surely created.</summary>
    public DateTimeOffset DueAfterCreating(int jobs)
    {
        var earliest = TimeProvider.System.GetUtcNow().AddSeconds(3 + (1.5 * jobs / RoughCreatesPerSecond));
        return DateTimeOffset.FromUnixTimeSeconds(earliest.ToUnixTimeSeconds() + 1);
    }

    /// <summary>Creates jobs that are due at planned instants, and fails when that took longer than planned.</summary>
    public async Task<Created> CreateInTimeAsync(int count, DateTimeOffset firstDue, Func<int, string> body)
    {
        var created = await Callers.CreateAsync(count, body);
        return TimeProvider.System.GetUtcNow() < firstDue
            ? created
            : throw new InvalidOperationException($"Creating {count} jobs took {created.Took}: the first were due before the last existed.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Callers?.Dispose();
        if (Host is not null)
            await Host.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WarmUpAsync()
    {
        for (var round = 0; round < 2; round++)
        {
            var now = TimeProvider.System.GetUtcNow();
            RoughCreatesPerSecond = (await Callers.CreateAsync(WarmUpJobs / 2, _ => JobBody.NoOp(now))).PerSecond;
            await Callers.WaitUntilNothingIsLeftAsync();
        }
    }
}
