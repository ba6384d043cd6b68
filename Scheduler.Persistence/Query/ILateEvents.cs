using Akka.Persistence.Query;

namespace Scheduler.Persistence.Query;

/// <summary>A read journal in which an event may become readable after others with a higher offset.</summary>
public interface ILateEvents
{
    /// <summary>
    /// Where a reader resumes that has handled everything that was readable up to an offset, and must not miss what became readable below it meanwhile: at that offset, or
    /// some seconds before it, with events that it has handled already.
    /// </summary>
    /// <param name="offset">The highest offset that was handled.</param>
    Offset SafeOffset(Offset offset);
}
