namespace Scheduler.Tests.Support;

/// <summary>How long a spec waits for a signal before it gives up: never reached where the code does what it should.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
}
