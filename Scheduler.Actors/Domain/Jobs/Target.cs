namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What a run does. A closed hierarchy.</summary>
public abstract record Target
{
    private protected Target()
    {
    }
}

/// <summary>Calls an in-process handler, found by its name through dependency injection.</summary>
/// <param name="Name">The stable name that the handler is registered under; never a type's.</param>
public sealed record HandlerTarget(string Name) : Target
{
    /// <summary>The stand-in that a job without a target gets, as the replaced service's jobs did.</summary>
    public const string DefaultName = "default";

    /// <summary>The target of a job that names none.</summary>
    public static HandlerTarget Default { get; } = new(DefaultName);
}

/// <summary>Sends an HTTP request.</summary>
/// <param name="Method">The method, in upper case.</param>
/// <param name="Url">An absolute <c>http</c> or <c>https</c> address.</param>
/// <param name="Headers">Sent as they are, in order.</param>
/// <param name="Body">Sent as <c>application/json</c>; null for none.</param>
public sealed record HttpTarget(string Method, string Url, ValueList<HttpHeader> Headers, JsonText? Body) : Target;

/// <summary>One header of an <see cref="HttpTarget"/>.</summary>
/// <param name="Name">The field name.</param>
/// <param name="Value">The field value.</param>
public sealed record HttpHeader(string Name, string Value);
