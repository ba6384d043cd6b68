using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Connections;
using MongoDB.Driver.Core.Servers;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What is wrong with a database is said in one sentence, and never with the credentials.</summary>
public sealed class MongoFailureSpecs
{
    [Fact]
    public async Task Wrong_credentials_are_named()
    {
        using var server = new FakeMongo(command => command == "saslStart" ? FakeMongo.Refusal(18, "Authentication failed.") : null);

        Assert.Contains("refuses the credentials", await OpenAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_may_not_make_indexes_is_named()
    {
        using var server = new FakeMongo(command => command == "createIndexes" ? FakeMongo.Refusal(13, "not authorized on spec to execute command") : null);

        Assert.Contains("may not do that", await OpenAsync(server, user: ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_only_reads_is_named()
    {
        using var server = new FakeMongo(command => command == "createIndexes" ? FakeMongo.Refusal(10107, "not primary") : null);

        Assert.Contains("read-only", await OpenAsync(server, user: ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_takes_connections_and_says_nothing_is_given_up()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        Assert.Contains("no server answers", await OpenAsync(((IPEndPoint)silent.LocalEndpoint).Port, "user:secret@"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(112, "TransientTransactionError", true, true)]
    [InlineData(251, "TransientTransactionError", true, true)]
    [InlineData(251, "", false, true)]
    [InlineData(91, "UnknownTransactionCommitResult", false, false)]
    [InlineData(11000, "", false, false)]
    [InlineData(13, "", false, false)]
    public void What_may_succeed_next_time_is_told_from_what_may_not(int code, string label, bool transient, bool over)
    {
        var error = Error(code);
        if (label.Length > 0)
            error.AddErrorLabel(label);

        Assert.Equal(transient, MongoFailures.IsTransient(error));
        Assert.Equal(over, MongoFailures.IsOver(error));
    }

    [Fact]
    public void A_connection_that_broke_may_have_sent_what_it_was_given_and_a_refusal_did_nothing()
    {
        Assert.False(MongoFailures.IsBeforeSending(new MongoConnectionException(Connection, "cut")));
        Assert.False(MongoFailures.IsBeforeSending(new OperationCanceledException()));
        Assert.False(MongoFailures.IsBeforeSending(Error(91)));
        Assert.True(MongoFailures.IsBeforeSending(Error(13)));
        Assert.True(MongoFailures.IsBeforeSending(new MongoAuthenticationException(Connection, "refused")));
        Assert.True(MongoFailures.IsBeforeSending(new TimeoutException()));
    }

    private static ConnectionId Connection => new(new ServerId(new ClusterId(), new DnsEndPoint("db", 27017)));

    private static MongoCommandException Error(int code) =>
        new(Connection, "failed", new BsonDocument("insert", "EventJournal"), new BsonDocument { { "ok", 0 }, { "code", code } });

    private static Task<string> OpenAsync(FakeMongo server, string user = "user:secret@") => OpenAsync(server.Port, user);

    private static async Task<string> OpenAsync(int port, string user)
    {
        using var store = new MongoStore(new MongoStoreSettings(new MongoUrl($"mongodb://{user}127.0.0.1:{port}/spec?directConnection=true&authSource=admin")), TimeProvider.System);

        // The store's own limit is five seconds; a machine that is busy may take a while longer to say so.
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }
}
