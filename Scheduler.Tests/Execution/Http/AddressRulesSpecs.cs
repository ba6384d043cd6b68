using System.Net;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

public sealed class AddressRulesSpecs
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:0a00:0001::1")]
    [InlineData("2001:0:808:808:0:0:80ff:fffe")]
    [InlineData("100::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("2001:1::4")]
    [InlineData("2001:2::1")]
    [InlineData("2001:5::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:1f:ffff::1")]
    [InlineData("2001:40::1")]
    [InlineData("2001:1ff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.0.11")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.2")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("2600::5efe:10.0.0.1")]
    [InlineData("2600::200:5efe:10.0.0.1")]
    public void What_is_not_public_is_refused_however_it_is_written(string address) =>
        Assert.False(AddressRules.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("100:0:0:2::1")]
    [InlineData("192.0.0.9")]
    [InlineData("192.0.0.10")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.175.48.1")]
    [InlineData("2001:1::1")]
    [InlineData("2001:1::3")]
    [InlineData("2001:3::1")]
    [InlineData("2001:4:112::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:30::1")]
    [InlineData("2001:200::1")]
    [InlineData("2620:4f:8000::1")]
    public void What_is_public_is_allowed(string address) => Assert.True(AddressRules.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("loopback", "127.0.0.1", true)]
    [InlineData("loopback", "::1", true)]
    [InlineData("loopback", "::ffff:127.0.0.1", true)]
    [InlineData("loopback", "10.0.0.1", false)]
    [InlineData("private", "10.0.0.1", true)]
    [InlineData("private", "fd00::1", true)]
    [InlineData("private", "169.254.169.254", false)]
    [InlineData("private", "100.64.0.1", false)]
    [InlineData("private", "127.0.0.1", false)]
    [InlineData("10.1.0.0/16", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "10.2.0.0", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("all", "169.254.169.254", true)]
    [InlineData("all", "ff02::1", true)]
    [InlineData("none", "127.0.0.1", false)]
    [InlineData("none", "1.1.1.1", true)]
    public void Configuration_allows_more(string allowed, string address, bool isAllowed) =>
        Assert.Equal(isAllowed, HttpCalls.Rules(allowed).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:PORT/")]
    [InlineData("http://2130706433:PORT/")]
    [InlineData("http://0x7f000001:PORT/")]
    [InlineData("http://0177.0.0.1:PORT/")]
    [InlineData("http://127.1:PORT/")]
    [InlineData("http://0x7f.1:PORT/")]
    [InlineData("http://0:PORT/")]
    [InlineData("http://[::1]:PORT/")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/")]
    [InlineData("http://[::ffff:7f00:1]:PORT/")]
    [InlineData("http://localhost:PORT/")]
    [InlineData("http://internal.test:PORT/")]
    [InlineData("http://mixed.test:PORT/")]
    public async Task A_webhook_is_refused_for_good_before_anything_is_sent(string url)
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        using var calls = new HttpCalls(new HttpTargetOptions { Addresses = AddressRules.PublicOnly }, (host, token) => host switch
        {
            "internal.test" => Addresses("127.0.0.1"),
            "mixed.test" => Addresses("1.1.1.1", "127.0.0.1"),
            _ => Dns.GetHostAddressesAsync(host, token),
        });

        var error = await Assert.ThrowsAsync<NonRetryableException>(() => calls.CallAsync(HttpCalls.Post(url.Replace("PORT", $"{new Uri(receiver.Url("/")).Port}", StringComparison.Ordinal))));
        Assert.Contains("not allowed", error.Message, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests.Items);
    }

    [Fact]
    public async Task The_address_that_was_checked_is_the_one_that_is_connected_to()
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        var asked = 0;
        using var calls = new HttpCalls(
            new HttpTargetOptions { Addresses = HttpCalls.Rules("127.0.0.1") },
            (_, _) => Addresses(Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "127.0.0.2"));
        var url = $"http://rebind.test:{new Uri(receiver.Url("/")).Port}/";

        await calls.CallAsync(HttpCalls.Post(url));
        Assert.Equal(1, asked);
        await Assert.ThrowsAsync<NonRetryableException>(() => calls.CallAsync(HttpCalls.Post(url)));
        Assert.Single(receiver.Requests.Items);
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_not_allowed_is_refused_as_well()
    {
        await using var inside = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        await using var outside = await HttpReceiver.StartAsync(c =>
        {
            c.Response.Redirect($"http://127.0.0.2:{new Uri(inside.Url("/")).Port}/");
            return Task.CompletedTask;
        });
        using var calls = new HttpCalls(new HttpTargetOptions { Addresses = HttpCalls.Rules("127.0.0.1") });

        await Assert.ThrowsAsync<NonRetryableException>(() => calls.CallAsync(HttpCalls.Post(outside.Url("/")) with { FollowRedirects = true }));
        Assert.Single(outside.Requests.Items);
        Assert.Empty(inside.Requests.Items);
    }

    private static Task<IPAddress[]> Addresses(params string[] addresses) => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));
}
