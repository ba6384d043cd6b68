using System.IO.Hashing;
using System.Text;

namespace Scheduler.Actors.Domain.Policies;

/// <summary>Chance without randomness: the same on every node and after every crash, and evenly spread over different texts.</summary>
public static class Fraction
{
    /// <summary>From 0 to just below 1, by XxHash64 of the text's UTF-8.</summary>
    public static double Of(string text) => (XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text)) >> 11) * (1.0 / (1UL << 53));
}
