namespace Scheduler.Benchmarks.Load;

/// <summary>What a process holds, as Linux counts it.</summary>
/// <param name="ResidentMb">All of it that is in memory, mapped files included.</param>
/// <param name="PrivateMb">The anonymous part, which no other process shares and no file backs.</param>
internal sealed record ProcessMemory(double ResidentMb, double PrivateMb)
{
    public static async Task<ProcessMemory> OfAsync(int processId)
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{processId}/status");
        return new ProcessMemory(Megabytes(lines, "VmRSS:"), Megabytes(lines, "RssAnon:"));
    }

    private static double Megabytes(IEnumerable<string> lines, string name)
    {
        var line = lines.First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim()) / 1024.0;
    }
}
