namespace Scheduler.Tests.Support;

/// <summary>
/// Specs that take long without saying more to whoever changes something else: they carry the trait <see cref="Trait"/>, and a plain
/// <c>dotnet test</c> leaves them out. <c>.ci/run</c> sets <see cref="Variable"/>, and so runs all of them.
/// </summary>
internal static class LongSpecs
{
    /// <summary>With any value all specs run, and properties have all their cases. The project file looks at it too.</summary>
    public const string Variable = "SCHEDULER_TEST_LONG";

    /// <summary>The trait's name.</summary>
    public const string Trait = "Length";

    /// <summary>The trait's value.</summary>
    public const string Long = "long";

    /// <summary>Whether all is asked for.</summary>
    public static bool AreAskedFor { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>How many cases of so many are tried: all, or a tenth.</summary>
    public static int Cases(int all) => AreAskedFor ? all : Math.Max(1, all / 10);
}
