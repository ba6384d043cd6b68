using System.Runtime.InteropServices;

namespace Scheduler.Host.Api.Batch;

/// <summary>A line of a batch, while it is looked at: its bytes are used again for the next one.</summary>
/// <param name="Number">From 1; blank lines count.</param>
/// <param name="Bytes">Without its end; empty when it is too long.</param>
/// <param name="IsTooLong">Whether it is too long to be read.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BatchLine(long Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);
