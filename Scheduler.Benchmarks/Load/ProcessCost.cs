namespace Scheduler.Benchmarks.Load;

/// <summary>What a process has cost since it was started, as Linux counts it.</summary>
/// <param name="BytesWritten">What it made dirty of files, and will or did go to disk (<c>write_bytes</c> of <c>/proc/PID/io</c>).</param>
/// <param name="Processor">Time of all its threads, in user and kernel mode, in steps of 10 ms.</param>
internal sealed record ProcessCost(long BytesWritten, TimeSpan Processor)
{
    public static async Task<ProcessCost> OfAsync(int processId)
    {
        var io = await File.ReadAllLinesAsync($"/proc/{processId}/io");
        var written = io.First(static line => line.StartsWith("write_bytes:", StringComparison.Ordinal));
        // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15 of all, in hundredths of a second.
        var stat = (await File.ReadAllTextAsync($"/proc/{processId}/stat")).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ProcessCost(long.Parse(written.AsSpan("write_bytes:".Length)), TimeSpan.FromMilliseconds(10 * (long.Parse(stat[11]) + long.Parse(stat[12]))));
    }

    public static ProcessCost operator -(ProcessCost after, ProcessCost before) =>
        new(after.BytesWritten - before.BytesWritten, after.Processor - before.Processor);
}
