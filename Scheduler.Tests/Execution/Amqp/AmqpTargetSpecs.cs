using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Amqp;

/// <summary>Against a real broker.</summary>
public sealed class AmqpTargetSpecs
{
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, 250, TimeSpan.Zero);
    private static readonly RunId Run = RunId.Scheduled(Job, 1, Due);

    [SkippableFact]
    public async Task A_consumer_gets_the_message_with_all_its_properties()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync();
        using var activity = new Activity("attempt").SetIdFormat(ActivityIdFormat.W3C).Start();

        var output = await CallAsync(targets, new AmqpTarget("", queue)
        {
            Body = new JsonText("""{"run":"{{run.id}}","n":[1,null]}"""),
            Headers = new JsonText("""{"text":"ä {{run.attempt}}","whole":-7,"part":1.5,"yes":true,"none":null,"list":[1,"b"],"table":{"a":{"b":2}}}"""),
            ContentType = "application/cloudevents+json",
            Ttl = TimeSpan.FromSeconds(90.0005),
            Priority = 9,
            CorrelationId = "c-1",
            ReplyTo = "answers",
            Type = "report.wanted",
        });

        var message = await broker.TakeAsync(queue);
        var properties = message.BasicProperties;
        Assert.Equal($$"""{"run":"{{Run.Value}}","n":[1,null]}""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("", queue), (message.Exchange, message.RoutingKey));
        Assert.Equal((Run.Value, "scheduler"), (properties.MessageId, properties.AppId));
        Assert.Equal(("application/cloudevents+json", "utf-8"), (properties.ContentType, properties.ContentEncoding));
        Assert.Equal(Due.ToUnixTimeSeconds(), properties.Timestamp.UnixTime);
        Assert.Equal((DeliveryModes.Persistent, "90001", (byte)9), (properties.DeliveryMode, properties.Expiration, properties.Priority));
        Assert.Equal(("c-1", "answers", "report.wanted"), (properties.CorrelationId, properties.ReplyTo, properties.Type));
        var headers = properties.Headers!;
        Assert.Equal("ä 2", Text(headers["text"]));
        Assert.Equal<object?>([-7L, 1.5, true], [headers["whole"], headers["part"], headers["yes"]]);
        Assert.Null(headers["none"]);
        var list = Assert.IsType<IList<object?>>(headers["list"], exactMatch: false);
        Assert.Equal<object?>([1L, "b"], [list[0], Text(list[1])]);
        var table = Assert.IsType<IDictionary<string, object?>>(headers["table"], exactMatch: false);
        Assert.Equal(2L, Assert.IsType<IDictionary<string, object?>>(table["a"], exactMatch: false)["b"]);
        Assert.Equal<object?>(["nightly-report", Run.Value, 2], [Text(headers["scheduler-job-id"]), Text(headers["scheduler-run-id"]), headers["scheduler-attempt"]]);
        Assert.Equal("2026-03-02T08:00:00.250Z", Text(headers["scheduler-scheduled-fire-time"]));
        Assert.Equal(activity.Id, Text(headers["traceparent"]));
        Assert.Equal($$"""{"exchange":"","routing_key":"{{queue}}"}""", output?.Raw);
    }

    [SkippableFact]
    public async Task Text_is_sent_as_it_is_and_what_is_left_out_is_not_there()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync();

        await CallAsync(targets, new AmqpTarget("", queue) { Text = "run \"{{run.id}}\"\n", IsPersistent = false });
        await CallAsync(targets, new AmqpTarget("", queue));

        var text = await broker.TakeAsync(queue);
        Assert.Equal($"run \"{Run.Value}\"\n", Encoding.UTF8.GetString(text.Body.Span));
        Assert.Equal(("text/plain", DeliveryModes.Transient), (text.BasicProperties.ContentType, text.BasicProperties.DeliveryMode));
        var bare = (await broker.TakeAsync(queue)).BasicProperties;
        Assert.False(bare.IsContentTypePresent() || bare.IsExpirationPresent() || bare.IsPriorityPresent());
        Assert.False(bare.IsCorrelationIdPresent() || bare.IsReplyToPresent() || bare.IsTypePresent());
    }

    [SkippableFact]
    public async Task An_exchange_routes_by_the_key()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync();
        await broker.Channel.QueueBindAsync(queue, "amq.topic", "eu.#");

        await CallAsync(targets, new AmqpTarget("amq.topic", "eu.orders.new"));

        Assert.Equal("eu.orders.new", (await broker.TakeAsync(queue)).RoutingKey);
    }

    [SkippableFact]
    public async Task A_message_that_no_queue_gets_fails_with_what_the_broker_says()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);

        var failure = await Assert.ThrowsAsync<AmqpFailure>(() => CallAsync(targets, new AmqpTarget("", "nobody-reads-this")));

        Assert.Contains("312 NO_ROUTE", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'nobody-reads-this'", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_queue_that_is_full_refuses()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync(("x-max-length", 1), ("x-overflow", "reject-publish"));
        await CallAsync(targets, new AmqpTarget("", queue));

        var failure = await Assert.ThrowsAsync<AmqpFailure>(() => CallAsync(targets, new AmqpTarget("", queue)));

        Assert.Contains("nack", failure.Message, StringComparison.Ordinal);
        await broker.TakeAsync(queue);
        await CallAsync(targets, new AmqpTarget("", queue));
    }

    [SkippableFact]
    public async Task Messages_to_exchanges_that_are_not_there_fail_by_themselves()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync();

        // So many that the good ones are under way together with some of them.
        var bad = Enumerable.Range(0, 200).Select(i => (Task)CallAsync(targets, new AmqpTarget($"missing-{i}", "x"))).ToList();
        var good = Enumerable.Range(0, 500).Select(_ => (Task)CallAsync(targets, new AmqpTarget("", queue))).ToList();
        await Task.WhenAll(good).WaitAsync(Patience.Limit);

        foreach (var (index, call) in bad.Index())
        {
            var failure = await Assert.ThrowsAsync<AmqpFailure>(() => call.WaitAsync(Patience.Limit));
            Assert.Contains($"404 NOT_FOUND - no exchange 'missing-{index}'", failure.Message, StringComparison.Ordinal);
        }

        // Each once: a message that is published again by itself arrives twice, and its job does not know.
        Assert.Equal(500u, (await broker.Channel.QueueDeclarePassiveAsync(queue)).MessageCount);
    }

    [SkippableFact]
    public async Task A_thousand_runs_at_once_are_each_delivered_once()
    {
        await using var broker = await Broker.ConnectAsync();
        await using var targets = Targets(broker.Uri);
        var queue = await broker.QueueAsync();

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => CallAsync(targets, new AmqpTarget("", queue), RunId.Scheduled(Job, 1, Due.AddSeconds(i)))))
            .WaitAsync(Patience.Limit);

        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (await broker.Channel.BasicGetAsync(queue, autoAck: true) is { } message)
            Assert.True(ids.Add(message.BasicProperties.MessageId!));
        Assert.Equal(1000, ids.Count);
    }

    [SkippableFact]
    public async Task A_message_whose_confirmation_gets_lost_fails_its_attempt_and_is_not_published_again()
    {
        await using var broker = await Broker.ConnectAsync();
        var queue = await broker.QueueAsync();
        var uri = new Uri(broker.Uri);
        using var link = new CutLink(uri.Host, uri.Port);
        await using var targets = Targets(new UriBuilder(uri) { Host = "127.0.0.1", Port = link.Port }.Uri.ToString());
        await CallAsync(targets, new AmqpTarget("", queue) { Text = "before" });

        // The broker has it, and its confirmation has not come: the link is held up until the queue has it, and then cut.
        link.CutAfterRequest(async () => await Eventually.AnswersAsync(
            () => broker.Channel.QueueDeclarePassiveAsync(queue), q => q.MessageCount == 2, q => $"{q.MessageCount} messages"));
        await Assert.ThrowsAsync<AmqpFailure>(() => CallAsync(targets, new AmqpTarget("", queue) { Text = "lost" }));

        link.Mend();
        await CallAsync(targets, new AmqpTarget("", queue) { Text = "after" });
        Assert.Equal(3u, (await broker.Channel.QueueDeclarePassiveAsync(queue)).MessageCount);
    }

    [SkippableFact]
    [Trait(LongSpecs.Trait, LongSpecs.Long)]
    public async Task A_broker_that_was_away_is_found_again_and_has_kept_what_it_confirmed()
    {
        await using var server = await BrokerProcess.StartAsync();
        await using var targets = Targets(server.Uri);
        await using (var before = await Broker.ConnectAsync(server.Uri))
            await before.Channel.QueueDeclareAsync("work", durable: true, exclusive: false, autoDelete: false);
        await CallAsync(targets, new AmqpTarget("", "work") { Text = "before" });

        await server.StopAsync();
        var failure = await Assert.ThrowsAsync<AmqpFailure>(() => CallAsync(targets, new AmqpTarget("", "work")));
        Assert.Contains("connection 'default') cannot be reached: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guest", failure.Message, StringComparison.Ordinal);

        await server.RestartAsync();
        await CallAsync(targets, new AmqpTarget("", "work") { Text = "after" });
        await using var after = await Broker.ConnectAsync(server.Uri);
        Assert.Equal("before", Encoding.UTF8.GetString((await after.TakeAsync("work")).Body.Span));
        Assert.Equal("after", Encoding.UTF8.GetString((await after.TakeAsync("work")).Body.Span));
    }

    [SkippableFact]
    public async Task A_password_that_is_wrong_is_told_and_not_repeated()
    {
        await using var broker = await Broker.ConnectAsync();
        var wrong = new UriBuilder(broker.Uri) { Password = "hidden" };
        await using var targets = Targets(wrong.Uri.ToString());

        var failure = await Assert.ThrowsAsync<AmqpFailure>(() => CallAsync(targets, new AmqpTarget("", "work")));

        Assert.Contains("refuses the user, or the password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_left_when_the_time_out_comes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var targets = Targets($"amqp://a:b@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using var timeout = new CancellationTokenSource();
        var call = CallAsync(targets, new AmqpTarget("", "work"), token: timeout.Token);
        using var accepted = await listener.AcceptTcpClientAsync();
        Assert.False(call.IsCompleted);

        await timeout.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_connection_that_this_node_does_not_have_is_named()
    {
        await using var targets = Targets("amqp://127.0.0.1/");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(targets, new AmqpTarget("", "work") { Connection = "events" }));

        Assert.Contains("Scheduler:Amqp:events:Uri", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_grow_too_large_fail_the_run_for_good_and_not_the_connection()
    {
        await using var targets = Targets("amqp://127.0.0.1/");
        var target = new AmqpTarget("", "work") { Headers = new JsonText("""{"a":"{{parameters.x}}"}""") };

        await Assert.ThrowsAsync<NonRetryableException>(() => CallAsync(targets, target, parameters: $$"""{"x":"{{new string('x', 65_536)}}"}"""));
        await Assert.ThrowsAsync<NonRetryableException>(() => CallAsync(targets, target, parameters: $$$"""{"x":{"{{{new string('x', 256)}}}":1}}"""));
    }

    private static string Text(object? value) => Encoding.UTF8.GetString((byte[])value!);

    private static AmqpBrokers Targets(string uri)
    {
        Assert.True(AmqpConnectionOptions.TryParse("default", uri, out var options));
        return new AmqpBrokers(new AmqpOptions([options]), TimeProvider.System);
    }

    private static Task<JsonText?> CallAsync(AmqpBrokers brokers, AmqpTarget target, RunId? run = null, string? parameters = null, CancellationToken token = default)
    {
        var definition = new JobDefinition
        {
            Name = "Nightly report",
            Schedule = new OneOffSchedule(Due),
            Target = target,
            Parameters = parameters is null ? null : new JsonText(parameters),
        };
        return new AmqpTargetCaller(brokers, new FakeTimeProvider(Due)).CallAsync(target, new Attempt(Job, run ?? Run, 2, Due, Due, definition), token);
    }
}
