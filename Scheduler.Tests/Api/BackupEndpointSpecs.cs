using System.Formats.Tar;
using System.Net;
using Scheduler.Host.Api.Ports;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class BackupEndpointSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(300_000)]
    public async Task A_backup_is_an_archive_of_one_file_whose_length_is_told_first(int length)
    {
        _server.Backups.Content = [.. Enumerable.Range(0, length).Select(n => (byte)(n * 31))];

        using var answer = await _server.Client.PostAsync(new Uri("/backup", UriKind.Relative), content: null);

        Assert.Equal((HttpStatusCode.OK, "application/x-tar"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.EndsWith(".tar", answer.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(answer.Content.Headers.ContentLength, bytes.Length);
        await using var archive = new TarReader(new MemoryStream(bytes));
        var entry = (await archive.GetNextEntryAsync())!;
        Assert.Equal(("journal.db", UnixFileMode.UserRead | UnixFileMode.UserWrite), (entry.Name, entry.Mode));
        using var content = new MemoryStream();
        if (entry.DataStream is { } data)
            await data.CopyToAsync(content);
        Assert.Equal(_server.Backups.Content, content.ToArray());
        Assert.Null(await archive.GetNextEntryAsync());
        Assert.Equal(1, _server.Backups.Released);
    }

    [Theory]
    [InlineData(nameof(BackupRefusal.NotHere), HttpStatusCode.NotImplemented, "not-supported", "mongodump")]
    [InlineData(nameof(BackupRefusal.IsRunning), HttpStatusCode.Conflict, "conflict", "One is made at a time")]
    [InlineData(nameof(BackupRefusal.Failed), HttpStatusCode.ServiceUnavailable, "store-unavailable", "log says why")]
    public async Task Where_there_is_none_that_is_said(string refusal, HttpStatusCode status, string type, string detail)
    {
        _server.Backups.Refusal = Enum.Parse<BackupRefusal>(refusal);

        var answer = (await _server.PostAsync("/backup")).IsProblem(status, type);

        Assert.Contains(detail, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
