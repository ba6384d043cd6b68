using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

/// <summary>Receivers with which no TLS connection comes about: whoever reads the run's error learns which and why.</summary>
public sealed class TlsFailureSpecs : IDisposable
{
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly HttpTargetCaller _caller = new(new HttpTargetOptions(), TimeProvider.System);

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_named_with_what_is_wrong_with_it()
    {
        using var certificate = SelfMade("localhost");

        var error = await FailureAsync(async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
        });

        Assert.Contains("certificate is invalid", error, StringComparison.Ordinal);
        Assert.Contains("UntrustedRoot", error, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_named_as_such()
    {
        using var certificate = SelfMade("example.org");

        var error = await FailureAsync(async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
        });

        Assert.Contains("RemoteCertificateNameMismatch", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_speaks_plain_http_is_named_as_one_that_speaks_no_TLS()
    {
        var error = await FailureAsync(async stream =>
        {
            await stream.ReadExactlyAsync(new byte[1]);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await stream.CopyToAsync(Stream.Null);
        });

        Assert.Contains("Cannot determine the frame size or a corrupted frame was received.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", error, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What the call of a receiver says that does this with its connection.</summary>
    private async Task<string> FailureAsync(Func<NetworkStream, Task> receive)
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var authority = $"localhost:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
        var receiving = ReceiveAsync(listener, receive);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync($"https://{authority}/hook").WaitAsync(Patience.Limit));
        await receiving.WaitAsync(Patience.Limit);

        Assert.StartsWith($"No TLS connection to {authority} came about: ", error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    private static async Task ReceiveAsync(TcpListener listener, Func<NetworkStream, Task> receive)
    {
        using var client = await listener.AcceptTcpClientAsync();
        try
        {
            await using var stream = client.GetStream();
            await receive(stream);
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The caller has hung up.
        }
    }

    private static X509Certificate2 SelfMade(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private Task CallAsync(string url)
    {
        var job = JobId.Parse("nightly-report");
        var target = new HttpTarget("POST", url, [], Body: null);
        var definition = new JobDefinition { Name = "Nightly report", Schedule = new OneOffSchedule(Due), Target = target };
        return _caller.CallAsync(target, new Attempt(job, RunId.Scheduled(job, 1, Due), 1, Due, Due, definition), CancellationToken.None);
    }
}
