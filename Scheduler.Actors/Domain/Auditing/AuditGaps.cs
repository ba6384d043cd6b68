using System.Runtime.CompilerServices;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>What an audit has found so far. Bounded: a journal that is wrong throughout must not fill the memory.</summary>
internal sealed class AuditGaps
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 100;

    private readonly List<string> _found = [];

    /// <summary>The gaps, in the order in which they were found.</summary>
    public ValueList<string> Found => ValueList.From(_found);

    /// <summary>Notes a gap where something does not hold. The text is made only then.</summary>
    public void Check(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref GapText gap)
    {
        if (!holds)
            Add(gap.ToText());
    }

    /// <summary>Notes a gap.</summary>
    public void Add(GapText gap) => Add(gap.ToText());

    private void Add(string gap)
    {
        if (_found.Count < Kept)
            _found.Add(gap);
    }
}
