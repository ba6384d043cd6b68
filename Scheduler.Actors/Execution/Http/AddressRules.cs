using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Scheduler.Actors.Execution.Http;

/// <summary>
/// Which addresses a webhook may reach. Whatever is not for the public internet (IANA's special-purpose registries for IPv4 and IPv6) is
/// refused unless configuration allows it, and so is an IPv6 address that leads to such an IPv4 one.
/// </summary>
public sealed class AddressRules
{
    /// <summary>The name that stands for this machine's own addresses.</summary>
    public const string LoopbackName = "loopback";

    /// <summary>The name that stands for private networks: RFC 1918 and unique local IPv6.</summary>
    public const string PrivateName = "private";

    /// <summary>The name that stands for no address beyond public ones; stands alone.</summary>
    public const string NoneName = "none";

    /// <summary>The name that stands for every address there is.</summary>
    public const string AllName = "all";

    private static readonly IPNetwork[] Loopback = Networks("127.0.0.0/8", "::1/128");
    private static readonly IPNetwork[] Private = Networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
    private static readonly IPNetwork[] All = Networks("0.0.0.0/0", "::/0");

    /// <summary>168.63.129.16 is a public address by number and Azure's platform by meaning; other clouds' metadata is link-local or unique local.</summary>
    private static readonly IPNetwork[] Refused =
    [
        .. Loopback,
        .. Private,
        .. Networks(
            "0.0.0.0/8",
            "100.64.0.0/10",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/128",
            "64:ff9b:1::/48",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8"),
    ];

    /// <summary>
    /// What the registries say is reachable from everywhere though it lies in what they set aside: anycast for PCP, TURN and DNS-SD, AMT, AS112,
    /// ORCHIDv2 and drone identifiers. Teredo is as public as the addresses in it.
    /// </summary>
    private static readonly IPNetwork[] Reachable = Networks(
        "192.0.0.9/32",
        "192.0.0.10/32",
        "2001::/32",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:20::/28",
        "2001:30::/28");

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");

    private readonly IPNetwork[] _allowed;

    private AddressRules(IPNetwork[] allowed) => _allowed = allowed;

    /// <summary>Public addresses only.</summary>
    public static AddressRules PublicOnly { get; } = new([]);

    /// <summary>Public addresses, and this machine's own.</summary>
    public static AddressRules WithLoopback { get; } = new(Loopback);

    /// <summary>Reads what is allowed beyond public addresses; false when an item is neither a name nor a network, which is then <paramref name="wrong"/>.</summary>
    public static bool TryParse(IEnumerable<string> items, out AddressRules rules, out string wrong)
    {
        var allowed = new List<IPNetwork>();
        rules = PublicOnly;
        wrong = "";
        var all = items.ToList();
        foreach (var item in all)
        {
            switch (item)
            {
                case NoneName when all.Count == 1:
                    break;
                case LoopbackName:
                    allowed.AddRange(Loopback);
                    break;
                case PrivateName:
                    allowed.AddRange(Private);
                    break;
                case AllName:
                    allowed.AddRange(All);
                    break;
                case var _ when IPNetwork.TryParse(item, out var network):
                    allowed.Add(network);
                    break;
                case var _ when IPAddress.TryParse(item, out var address):
                    allowed.Add(new IPNetwork(address, address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128));
                    break;
                default:
                    wrong = item;
                    return false;
            }
        }

        rules = new AddressRules([.. allowed]);
        return true;
    }

    /// <summary>
    /// The address that a URL's host is without being asked for: one that is written out, or this machine's own name. Null for any other name,
    /// which may stand for another address each time.
    /// </summary>
    public static IPAddress? Literal(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var name = url.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(name, out var address))
            return address;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : null;
    }

    /// <summary>Whether a webhook may connect to <paramref name="address"/>.</summary>
    public bool Allows(IPAddress address)
    {
        var itself = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsFine(itself) && Embedded(itself).All(IsFine);
    }

    private bool IsFine(IPAddress address) => !IsIn(Refused, address) || IsIn(Reachable, address) || IsIn(_allowed, address);

    private static bool IsIn(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, n => n.Contains(address));

    /// <summary>The IPv4 addresses that packets to an IPv6 address may end at.</summary>
    private static IEnumerable<IPAddress> Embedded(IPAddress address)
    {
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            yield break;
        var bytes = address.GetAddressBytes();
        var isUnspecifiedOrLoopback = bytes.AsSpan(0, 15).IndexOfAnyExcept((byte)0) < 0 && bytes[15] <= 1;
        if ((Compatible.Contains(address) && !isUnspecifiedOrLoopback) || Translated.Contains(address) || Nat64.Contains(address))
            yield return new IPAddress(bytes.AsSpan(12));
        if (SixToFour.Contains(address))
            yield return new IPAddress(bytes.AsSpan(2, 4));
        if (Teredo.Contains(address))
        {
            yield return new IPAddress(bytes.AsSpan(4, 4));
            yield return new IPAddress([.. bytes.Skip(12).Select(b => (byte)~b)]);
        }

        // ISATAP (RFC 5214): the interface identifier is 00-00-5E-FE or 02-00-5E-FE, then the IPv4 address.
        if ((BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8)) & ~0x0200_0000u) == 0x0000_5EFE)
            yield return new IPAddress(bytes.AsSpan(12));
    }

    private static IPNetwork[] Networks(params string[] texts) => Array.ConvertAll(texts, IPNetwork.Parse);
}
