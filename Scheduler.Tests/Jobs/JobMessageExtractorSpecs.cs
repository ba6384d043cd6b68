using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class JobMessageExtractorSpecs
{
    private readonly JobMessageExtractor _extractor = new();

    public static TheoryData<Type> Messages =>
        [.. typeof(JobActor).Assembly.GetTypes().Where(t => typeof(IJobMessage).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false })];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_for_a_job_finds_it(Type type)
    {
        var message = RuntimeHelpers.GetUninitializedObject(type);
        var id = JobId.Parse("nightly-report");
        type.GetProperty(nameof(IJobMessage.JobId))!.SetValue(message, id);

        Assert.Equal("nightly-report", _extractor.EntityId(message));
        Assert.Same(message, _extractor.EntityMessage(message));
        Assert.Equal(id.Shard.ToString(CultureInfo.InvariantCulture), _extractor.ShardId(message));
        Assert.Equal(_extractor.ShardId(message), _extractor.ShardId("nightly-report"));
        Assert.Equal(_extractor.ShardId(message), _extractor.ShardId("nightly-report", message));
    }

    [Theory]
    [InlineData("b6d8a57e7")]
    [InlineData("-")]
    [InlineData("a.b_c-d")]
    public void A_shard_is_one_of_those_that_there_are_for_the_id_whose_hash_has_no_absolute_value_too(string id) =>
        Assert.InRange(int.Parse(_extractor.ShardId(new Wake(JobId.Parse(id)))!, CultureInfo.InvariantCulture), 0, JobId.Shards - 1);

    [Fact]
    public void What_is_shardings_own_or_nobodys_is_left_alone()
    {
        foreach (var message in (object[])[new ShardRegion.StartEntity("nightly-report"), new ShardingEnvelope("nightly-report", "hello"), "hello", StopJob.Instance])
        {
            Assert.Null(_extractor.EntityId(message));
            Assert.Null(_extractor.ShardId(message));
            Assert.Same(message, _extractor.EntityMessage(message));
        }
    }

    [Fact]
    public void The_id_longest_of_all_finds_its_shard()
    {
        var id = JobId.Parse(new string('z', JobId.MaxLength));

        Assert.Equal(id.Shard.ToString(CultureInfo.InvariantCulture), _extractor.ShardId(id.Value));
    }
}
