using System.IO.Hashing;
using System.Text;

namespace Scheduler.Actors.Placement;

/// <summary>
/// Which node a slice belongs to: the one whose name hashes highest together with the slice's number (rendezvous hashing, Thaler and Ravishankar 1998).
/// Every node answers the same from the same list, whatever its order; when one goes, only its slices move, and spread over all others.
/// </summary>
internal static class RendezvousHash
{
    /// <summary>The node of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="nodes">Their names, <c>host:port</c>; at least one, none twice.</param>
    public static string NodeOf(int slice, IReadOnlyCollection<string> nodes) => nodes.MaxBy(node => (Weight(slice, node), node))!;

    private static ulong Weight(int slice, string node)
    {
        Span<byte> text = stackalloc byte[4 + Encoding.UTF8.GetMaxByteCount(node.Length)];
        BitConverter.TryWriteBytes(text, slice);
        return XxHash64.HashToUInt64(text[..(4 + Encoding.UTF8.GetBytes(node, text[4..]))]);
    }
}
