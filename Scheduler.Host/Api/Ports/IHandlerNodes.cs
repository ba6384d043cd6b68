using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Ports;

/// <summary>Which handlers the nodes have that run jobs.</summary>
internal interface IHandlerNodes
{
    /// <summary>Whether some node has it now.</summary>
    bool Have(HandlerTarget handler);
}
