namespace Scheduler.Actors.Execution.Http;

/// <summary>
/// The keys that webhooks are signed with, by the names that jobs know. Several of one name are active at once, so that a key can be changed
/// without a gap. Its text never shows a key.
/// </summary>
public sealed class WebhookSecrets
{
    /// <summary>What a secret looks like, for messages.</summary>
    public const string Form = "whsec_ and then 24 to 64 bytes in base64; one, or a list of two";

    /// <summary>How many of one name may be active.</summary>
    public const int MostActive = 2;

    private const string Prefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    private readonly Dictionary<string, byte[][]> _keys;

    private WebhookSecrets(Dictionary<string, byte[][]> keys) => _keys = keys;

    /// <summary>No secret.</summary>
    public static WebhookSecrets None { get; } = new(new(StringComparer.Ordinal));

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a name; null when a secret has not the form, or there are too many or none.</summary>
    /// <param name="name">What jobs name.</param>
    /// <param name="secrets">Each <c>whsec_…</c>.</param>
    public WebhookSecrets? With(string name, IReadOnlyList<string> secrets)
    {
        var keys = secrets.Select(Key).ToArray();
        return keys is [] || keys.Length > MostActive || Array.Exists(keys, k => k is null)
            ? null
            : new(new(_keys, StringComparer.Ordinal) { [name] = keys! });
    }

    /// <summary>The keys of a name.</summary>
    /// <exception cref="InvalidOperationException">There is no such name on this node.</exception>
    internal IReadOnlyList<byte[]> Find(string name) => _keys.TryGetValue(name, out var keys)
        ? keys
        : throw new InvalidOperationException($"This node has no secret named '{name}' to sign with (Scheduler:Secrets:{name}).");

    private static byte[]? Key(string secret)
    {
        var buffer = new byte[MostBytes + 2];
        return secret.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[Prefix.Length..], buffer, out var length)
            && length is >= LeastBytes and <= MostBytes
            ? buffer[..length]
            : null;
    }
}
