using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Tests.Api;

/// <summary>What the handler <c>send-mail</c> takes in its version 2.</summary>
public sealed record MailParameters
{
    public required string To { get; init; }

    [Range(1, 9)]
    public int Urgency { get; init; } = 5;

    public IReadOnlyList<MailPart> Parts { get; init; } = [];
}

/// <summary>A part of a mail.</summary>
public sealed record MailPart(string Name, MailPartKind Kind = MailPartKind.PlainText);

/// <summary>What a part is.</summary>
public enum MailPartKind
{
    /// <summary>Text.</summary>
    PlainText,

    /// <summary>A picture.</summary>
    Picture,
}

/// <summary>Nodes that have the handlers that a spec says.</summary>
internal sealed class FakeHandlerNodes : IHandlerNodes
{
    private readonly ConcurrentDictionary<HandlerTarget, bool> _lacked = new();

    public void Lack(HandlerTarget handler) => _lacked[handler] = true;

    public void Get(HandlerTarget handler) => _lacked.TryRemove(handler, out _);

    public bool Have(HandlerTarget handler) => !_lacked.ContainsKey(handler);
}

/// <summary>Runs that are as far as a spec says.</summary>
internal sealed class FakeRunProgress : IRunProgress
{
    public ConcurrentDictionary<RunId, RunProgress> Said { get; } = new();

    public Task<RunProgress?> FindAsync(JobId job, RunId run, CancellationToken cancellationToken) => Task.FromResult(Said.GetValueOrDefault(run));
}
