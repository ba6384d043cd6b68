using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>Specs that start real hosts run one after another, and beside nothing else: their machine may have two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
