using FsCheck.Xunit;

namespace Scheduler.Tests.Support;

/// <summary>A property of which each case takes long: a plain <c>dotnet test</c> tries a tenth of them. See <see cref="LongSpecs"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SizedPropertyAttribute : PropertyAttribute
{
    /// <summary>Made with the number of cases that <c>.ci/run</c> tries.</summary>
    public SizedPropertyAttribute(int cases)
    {
        Cases = cases;
        MaxTest = LongSpecs.Cases(cases);
    }

    /// <summary>How many cases there are when all specs run.</summary>
    public int Cases { get; }
}
