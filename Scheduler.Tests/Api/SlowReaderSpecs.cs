using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Paging;
using Scheduler.Host.Api.Reading;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What a client gets that does not take what it asked for.</summary>
public sealed class SlowReaderSpecs
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 1024));
    private readonly Lifetime _lifetime = new();

    [Fact]
    public async Task One_that_reads_nothing_is_cut_off()
    {
        var sending = Page().WriteAsync(Context(), _time);
        _time.Advance(SlowReaders.GracePeriod);
        Assert.False(sending.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(20));

        await sending.WaitAsync(Patience.Limit);
        Assert.True(_lifetime.IsAborted);
    }

    [Fact]
    public async Task One_that_reads_is_not()
    {
        var context = Context();
        var sending = Page().WriteAsync(context, _time);
        for (var left = context.Response.ContentLength!.Value; left > 0;)
        {
            var got = await _pipe.Reader.ReadAsync();
            left -= got.Buffer.Length;
            _pipe.Reader.AdvanceTo(got.Buffer.End);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await sending.WaitAsync(Patience.Limit);
        Assert.False(_lifetime.IsAborted);
    }

    /// <summary>Some twenty pieces.</summary>
    private static Page<EventAnswer> Page()
    {
        var page = new Page<EventAnswer>(ApiJson.Answers.EventAnswer, FieldSelection.Read(new QueryReader(new QueryCollection(), ["fields"]), ["data"]));
        for (var version = 1; version <= 100; version++)
            Assert.True(page.TryAdd(new EventAnswer(version, DateTimeOffset.UnixEpoch, "JobPaused", new JsonText($"\"{new string('x', 12_000)}\"")), 1));
        return page;
    }

    private DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        context.Features.Set<IHttpResponseBodyFeature>(new Body(_pipe.Writer));
        return context;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class Body(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
