using Scheduler.Actors.Execution.Http;
using Scheduler.Host.Configuration.Storage;

namespace Scheduler.Host.Configuration;

/// <summary>Reads whom webhooks may call, and what they are signed with: <c>Http:…</c> and <c>Secrets:…</c>.</summary>
internal static class HttpSettingsReader
{
    /// <summary>Out of the box this machine's own addresses may be called; a node on a server's database is in production.</summary>
    public static HttpTargetOptions Read(SettingsReader reader, StorageSettings storage)
    {
        const string Addresses = "Http:AllowedAddresses";
        var defaults = new HttpTargetOptions();
        var allowed = reader.List(Addresses, storage is StorageSettings.Sqlite ? [AddressRules.LoopbackName] : []);
        if (!AddressRules.TryParse(allowed, out var rules, out var wrong))
            reader.Refuse(Addresses, wrong, $"{AddressRules.NoneName} alone, or a list of {AddressRules.LoopbackName}, {AddressRules.PrivateName}, {AddressRules.AllName} and networks like 10.1.0.0/16");
        return defaults with
        {
            Addresses = rules,
            Allowed = [.. allowed.Where(a => a != AddressRules.NoneName)],
            MaxConnectionsPerServer = reader.Number("Http:MaxConnectionsPerServer", 1, 10_000, defaults.MaxConnectionsPerServer),
            Secrets = Secrets(reader),
        };
    }

    private static WebhookSecrets Secrets(SettingsReader reader)
    {
        var secrets = WebhookSecrets.None;
        foreach (var name in reader.Names("Secrets"))
        {
            var key = $"Secrets:{name}";
            if (secrets.With(name, reader.List(key, [])) is { } more)
                secrets = more;
            else
                reader.RefuseSecret(key, "is not a secret", WebhookSecrets.Form);
        }

        return secrets;
    }
}
