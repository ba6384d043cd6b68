using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Http;
using Scheduler.Actors.Retention;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Batch;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>All that is configured under <c>Scheduler</c>, read and checked.</summary>
internal sealed record SchedulerSettings
{
    /// <summary>Where jobs are kept.</summary>
    public required StorageSettings Storage { get; init; }

    /// <summary>This node among others.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>When jobs are woken.</summary>
    public required TimingOptions Timing { get; init; }

    /// <summary>How runs are executed.</summary>
    public required ExecutionOptions Execution { get; init; }

    /// <summary>How webhooks are called.</summary>
    public required HttpTargetOptions Http { get; init; }

    /// <summary>The AMQP brokers that targets may name.</summary>
    public required AmqpOptions Amqp { get; init; }

    /// <summary>What fire times are computed with.</summary>
    public required TimeZoneData TimeZones { get; init; }

    /// <summary>What batches may take.</summary>
    public required BatchLimits Batches { get; init; }

    /// <summary>What the views keep.</summary>
    public required RetentionOptions Retention { get; init; }
}

/// <summary>This node among others.</summary>
/// <param name="Hostname">The address that others reach it at.</param>
/// <param name="Port">Its remoting port; 0 for any free one.</param>
/// <param name="SeedNodes">Whom to join; empty for whoever the storage's registry knows, and a cluster of one where it has none.</param>
/// <param name="Roles">What it does.</param>
internal sealed record ClusterSettings(string Hostname, int Port, IReadOnlyList<SeedNode> SeedNodes, IReadOnlyList<string> Roles)
{
    /// <summary>How long a node that is about to leave others goes on answering, so that whoever sends it requests sees that it is not ready. Zero or more.</summary>
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The role of nodes that serve the API.</summary>
    public const string ApiRole = "api";

    /// <summary>The role of nodes that host jobs.</summary>
    public const string JobsRole = "jobs";
}

/// <summary>A node that new ones join through.</summary>
/// <param name="Host">Its address.</param>
/// <param name="Port">Its remoting port.</param>
internal sealed record SeedNode(string Host, int Port);
