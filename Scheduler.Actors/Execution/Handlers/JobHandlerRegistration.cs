using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>Registers in-process handlers.</summary>
public static class JobHandlerRegistration
{
    /// <summary>Makes <typeparamref name="THandler"/> the handler that jobs name <paramref name="name"/>, in this version.</summary>
    /// <param name="services">The container. The handler is made by it, for each attempt, within a scope of its own.</param>
    /// <param name="name">The stable name, kept in the journal: 1 to 128 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <param name="version">
    /// From 1 to 1,000,000; a job that names none names 1. To be raised when jobs that are there would not fit any more; both stay registered
    /// until no job names the older one.
    /// </param>
    /// <exception cref="ArgumentException">The name or the version is none, or there is a handler of that name and version already.</exception>
    public static IServiceCollection AddJobHandler<THandler, TParameters>(this IServiceCollection services, string name, int version = 1)
        where THandler : class, IJobHandler<TParameters>
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!HandlerTarget.IsName(name))
            throw new ArgumentException($"'{name}' is no name of a handler: 1 to {HandlerTarget.MaxNameLength} letters, digits, '.', '_' and '-'.", nameof(name));
        if (version is < 1 or > HandlerTarget.MaxVersion)
            throw new ArgumentOutOfRangeException(nameof(version), version, $"A version is from 1 to {HandlerTarget.MaxVersion}.");
        var target = new HandlerTarget(name) { Version = version };
        if (services.Any(s => s.ServiceType == typeof(JobHandlerEntry) && s.ImplementationInstance is JobHandlerEntry e && e.Target == target))
            throw new ArgumentException($"There are two handlers '{name}' of version {version}.", nameof(name));
        services.TryAddScoped<THandler>();
        return services.AddSingleton<JobHandlerEntry>(new JobHandlerEntry<THandler, TParameters>(target));
    }
}
