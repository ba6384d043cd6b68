namespace Scheduler.Benchmarks;

/// <summary>One thing that is measured, and printed as a few lines of the report.</summary>
internal interface IMeasure
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>One line for <c>--help</c>.</summary>
    string About { get; }

    /// <summary>Measures and reports.</summary>
    Task RunAsync(Options options, Report report);
}
