namespace Scheduler.Host.Configuration;

/// <summary>How far a start has come, in order. After each of them a node that was asked to stop goes no further.</summary>
internal enum StartStep
{
    /// <summary>Configuration is read and right, and the addresses are free.</summary>
    Checked,

    /// <summary>The storage is this process's own.</summary>
    StorageTaken,

    /// <summary>The services are composed; none of them runs.</summary>
    Composed,

    /// <summary>The actor system runs; nothing has joined, and the data are not open yet.</summary>
    SystemStarted,

    /// <summary>Journal and views are open.</summary>
    Opened,

    /// <summary>All services have started; from here on the node stops as it does at any time.</summary>
    Started,
}
