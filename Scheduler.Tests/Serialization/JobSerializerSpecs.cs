using System.Runtime.Serialization;
using System.Text;
using FsCheck.Xunit;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Xunit;

namespace Scheduler.Tests.Serialization;

public sealed class JobSerializerSpecs
{
    private readonly JobSerializer _serializer = new(null!);

    public static TheoryData<string> SampleNames => [.. Samples.All.Keys];

    public static TheoryData<string> StoredTypes =>
    [
        .. typeof(JobEvent).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsInterface: false } && JobSerializer.BoundTypes.Any(b => b.IsAssignableFrom(t)))
            .Select(t => t.FullName!),
    ];

    [Fact]
    public void The_identifier_is_4200() => Assert.Equal(4200, _serializer.Identifier);

    [Fact]
    public void Half_a_character_in_an_error_is_replaced_and_keeps_no_event_from_the_journal()
    {
        var failed = new AttemptFailed
        {
            At = DateTimeOffset.UnixEpoch,
            RunId = RunId.Parse("job~1~t3"),
            Number = 1,
            Kind = FailureKind.Failed,
            Error = "a\ud83db",
            Retryable = true,
        };

        var read = _serializer.FromBinary(_serializer.ToBinary(failed), _serializer.Manifest(failed));

        Assert.Equal(failed with { Error = "a\ufffdb" }, read);
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Writing_a_sample_gives_its_golden_file_byte_for_byte(string name)
    {
        var written = _serializer.ToBinary(Samples.All[name]);

        Assert.Equal(Encoding.UTF8.GetString(GoldenFiles.Read(name, written)), Encoding.UTF8.GetString(written));
        Assert.StartsWith(_serializer.Manifest(Samples.All[name]), name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Reading_a_golden_file_gives_its_sample(string name)
    {
        var sample = Samples.All[name];

        var read = _serializer.FromBinary(GoldenFiles.Read(name, _serializer.ToBinary(sample)), _serializer.Manifest(sample));

        Assert.Equal(sample, read);
    }

    [Fact]
    public void Every_golden_file_has_a_sample_that_it_must_be_read_as() =>
        Assert.Empty(GoldenFiles.Names.Except(Samples.All.Keys, StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(StoredTypes))]
    public void Every_type_that_the_serializer_is_bound_to_has_a_sample(string type) =>
        Assert.Contains(Samples.All.Values, sample => sample.GetType().FullName == type);

    [Fact]
    public void No_manifest_is_given_twice() =>
        Assert.Equal(JobFormats.All.Count(), JobFormats.All.Select(f => f.Manifest).Distinct(StringComparer.Ordinal).Count());

    [Property(Arbitrary = [typeof(StoredArbitraries)], MaxTest = 500)]
    public bool Any_event_comes_back_as_it_was(JobEvent fact) => Equals(fact, Again(fact));

    [Property(Arbitrary = [typeof(StoredArbitraries)], MaxTest = 300)]
    public bool Any_state_comes_back_as_it_was(JobState state) => Equals(state, Again(state));

    [Fact]
    public void A_member_that_this_release_does_not_know_is_ignored()
    {
        var read = Read("""{"at":"2026-11-23T10:00:00.000Z","from_the_future":{"a":[1]},"reason":"why"}""", "job.paused.v1");

        Assert.Equal(new JobPaused { At = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), Reason = "why" }, read);
    }

    [Fact]
    public void A_member_that_is_absent_has_its_default()
    {
        var created = Assert.IsType<JobCreated>(Read(
            """{"at":"2026-11-23T10:00:00.000Z","definition":{"name":"n","schedule":{"at":"2026-11-23T11:00:00+01:00"}},"generation":1}""",
            "job.created.v1"));

        Assert.Equal(HandlerTarget.Default, created.Definition.Target);
        Assert.Equal(JobDefinition.DefaultTimeout, created.Definition.Timeout);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), created.Definition.Schedule.Next(DateTimeOffset.MinValue));
    }

    [Theory]
    [InlineData("job.created.v2")]
    [InlineData("")]
    [InlineData("Scheduler.Actors.Domain.Jobs.JobCreated")]
    public void An_unknown_manifest_throws(string manifest) => Assert.Throws<SerializationException>(() => Read("{}", manifest));

    [Theory]
    [InlineData("attempt.lost.v1", """{"at":"2026-11-23T10:00:00.000Z","run_id":"j~1~t1","number":1,"loss":"eaten"}""")]
    [InlineData("run.requested.v1", """{"at":"2026-11-23T10:00:00.000Z","run_id":"no run id"}""")]
    [InlineData("run.requested.v1", """{"at":"2026-11-23T10:00:00.000Z"}""")]
    [InlineData("run.requested.v1", """{"run_id":"j~1~t1"}""")]
    [InlineData("job.paused.v1", """{"at":"yesterday"}""")]
    [InlineData("job.paused.v1", "null")]
    [InlineData("job.paused.v1", "{")]
    [InlineData("job.paused.v1", "")]
    [InlineData("job.created.v1", """{"at":"2026-11-23T10:00:00.000Z","definition":{"name":"n","schedule":{"moon":"full"}}}""")]
    [InlineData("job.created.v1", """{"at":"2026-11-23T10:00:00.000Z","definition":{"name":"n","schedule":{"at":"2026-11-23T10:00:00Z"},"target":{"owl":{}}}}""")]
    [InlineData("job.created.v1", """{"at":"2026-11-23T10:00:00.000Z","definition":{"name":"n","schedule":{"at":"2026-11-23T10:00:00Z"},"retry":{"backoff":"never"}}}""")]
    public void What_is_not_of_its_shape_throws_and_nothing_is_guessed(string manifest, string json) =>
        Assert.Throws<SerializationException>(() => Read(json, manifest));

    [Fact]
    public void What_has_no_format_throws()
    {
        Assert.Throws<SerializationException>(() => _serializer.Manifest("text"));
        Assert.Throws<SerializationException>(() => _serializer.ToBinary(1));
    }

    [Fact]
    public void JSON_as_deep_as_the_API_lets_in_stays_readable()
    {
        var deep = new JsonText(new string('[', 64) + new string(']', 64));
        var fact = new RunCompleted { At = default, RunId = RunId.Parse("j~1~t1"), Number = 1, Output = deep };

        Assert.Equal(fact, Again(fact));
    }

    [Fact]
    public void A_large_value_leaves_nothing_behind_for_the_next_one()
    {
        var large = new RunCompleted { At = default, RunId = RunId.Parse("j~1~t1"), Number = 1, Output = new JsonText($"\"{new string('x', 200_000)}\"") };
        var small = new JobResumed { At = default };

        Assert.Equal(large, Again(large));
        Assert.Equal(small, Again(small));
    }

    [Fact]
    public void A_value_that_can_not_be_written_leaves_nothing_behind_for_the_next_one()
    {
        var broken = new OccurrencesSkipped { At = default, From = default, To = default, Why = (SkipReason)99 };
        var small = new JobResumed { At = default };

        Assert.Throws<SerializationException>(() => _serializer.ToBinary(broken));
        Assert.Equal(small, Again(small));
    }

    private object Again(object value) => _serializer.FromBinary(_serializer.ToBinary(value), _serializer.Manifest(value));

    private object Read(string json, string manifest) => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
}
