using MongoDB.Driver;
using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>How specs get databases of their own on a server that wants a user.</summary>
public sealed class MongoServerSpecs
{
    [Theory]
    [InlineData("mongodb://u:p@h/?directConnection=true", "admin")]
    [InlineData("mongodb://u:p@h/own", "own")]
    [InlineData("mongodb://u:p@h/own?authSource=users", "users")]
    [InlineData("mongodb://h/?replicaSet=rs0", null)]
    public void A_named_database_does_not_change_where_the_user_is_looked_up(string server, string? source)
    {
        var url = MongoUrl.Create(MongoServer.WithDatabase(server, "spec_1"));
        Assert.Equal(("spec_1", source), (url.DatabaseName, url.AuthenticationSource));
    }
}
