using System.Globalization;

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

    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The highest version.</summary>
    public const int MaxVersion = 1_000_000;

    /// <summary>Of a handler whose parameters changed, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>As programs name it: <c>NAME/VERSION</c>. A name holds no <c>/</c>.</summary>
    public string NameAndVersion => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Version}");

    /// <summary>As people name it.</summary>
    public string Describe() => $"handler '{Name}' version {Version.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Whether <paramref name="name"/> is a name: 1 to 128 ASCII letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

/// <summary>Sends an HTTP request.</summary>
/// <param name="Method">The method, in upper case.</param>
/// <param name="Url">An absolute <c>http</c> or <c>https</c> address.</param>
/// <param name="Headers">Sent as they are, in order.</param>
/// <param name="Body">Sent as <c>application/json</c>; null for none.</param>
public sealed record HttpTarget(string Method, string Url, ValueList<HttpHeader> Headers, JsonText? Body) : Target
{
    /// <summary>Sent instead of <see cref="Body"/>, as <c>text/plain</c> unless a header says otherwise; null for none.</summary>
    public string? Text { get; init; }

    /// <summary>The name of the secret that the request is signed with; null for no signature.</summary>
    public string? Secret { get; init; }

    /// <summary>The status codes that complete the run; empty for the 2xx class.</summary>
    public ValueList<StatusRange> Success { get; init; } = [];

    /// <summary>Whether redirects are followed.</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>The header fields of the answer that are kept with the run.</summary>
    public ValueList<string> KeepHeaders { get; init; } = [];

    /// <summary>Whether an answer with <paramref name="status"/> completes the run.</summary>
    public bool Accepts(int status) => Success.Count == 0 ? status is >= 200 and <= 299 : Success.Any(r => r.Contains(status));
}

/// <summary>One header of an <see cref="HttpTarget"/>.</summary>
/// <param name="Name">The field name.</param>
/// <param name="Value">The field value.</param>
public sealed record HttpHeader(string Name, string Value);
