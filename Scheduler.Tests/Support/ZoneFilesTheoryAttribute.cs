using Scheduler.Host.Configuration;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>A theory about the operating system's time-zone files: skipped on machines that have none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ZoneFilesTheoryAttribute : TheoryAttribute
{
    public ZoneFilesTheoryAttribute() => Skip = Directory.Exists(SystemTimeZones.Folder) ? null : "This machine has no time-zone files (tzdata).";
}
