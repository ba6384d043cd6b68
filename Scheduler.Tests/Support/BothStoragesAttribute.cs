using System.Reflection;
using Xunit.Sdk;

namespace Scheduler.Tests.Support;

/// <summary>Runs a theory once on each kind of storage: what a host promises doesn't depend on where it keeps it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothStoragesAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Enum.GetValues<TestedStorage>().Select(storage => new object[] { storage });
}
