using System.Text.RegularExpressions;
using Akka.Util;
using FsCheck.Xunit;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class JobIdSpecs
{
    [Theory]
    [InlineData("a")]
    [InlineData("Z")]
    [InlineData("0")]
    [InlineData("_")]
    [InlineData("-")]
    [InlineData("a.b")]
    [InlineData("a.")]
    [InlineData("_..")]
    [InlineData("-rf")]
    [InlineData("b6d8a57e7")]
    [InlineData("0190163d-8694-739b-aea5-966c26f8ad91")]
    [InlineData("user:42")]
    [InlineData("a.b+c@example.org")]
    [InlineData("urn:isbn:0451450523")]
    [InlineData("region=eu,tier=1")]
    public void What_people_have_makes_an_id(string text)
    {
        Assert.True(JobId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a~b")]
    [InlineData("~")]
    [InlineData("a;b")]
    [InlineData(":a")]
    [InlineData("a%20b")]
    [InlineData("a&b")]
    [InlineData("+a")]
    [InlineData("=a")]
    [InlineData("a$b")]
    [InlineData("@a")]
    [InlineData(",a")]
    [InlineData("a*")]
    [InlineData("ä")]
    [InlineData("é")]
    [InlineData("Ⅷ")]
    [InlineData("٣")]
    [InlineData("ａ")]
    [InlineData("а")]
    [InlineData("日本")]
    [InlineData("😀")]
    [InlineData("a\u200b")]
    [InlineData("\ufeffa")]
    [InlineData("a\u0301")]
    public void Anything_else_is_no_id(string? text) => Assert.False(JobId.TryParse(text, out _));

    [Fact]
    public void An_id_has_at_most_128_characters()
    {
        Assert.True(JobId.TryParse(new string('x', 128), out var longest));
        Assert.False(JobId.TryParse(new string('x', 129), out _));
        Assert.Equal(232, longest.Shard);
    }

    [Fact]
    public void A_text_that_is_no_id_is_named_with_the_pattern()
    {
        var fault = Assert.Throws<FormatException>(() => JobId.Parse("a/b"));

        Assert.Contains("'a/b'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(JobId.Pattern, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_case_sensitive()
    {
        Assert.NotEqual(JobId.Parse("a"), JobId.Parse("A"));
        Assert.Equal(JobId.Parse("a"), JobId.Parse("a"));
    }

    [Property(MaxTest = 500)]
    public void What_is_an_id_is_what_the_pattern_says(string? text) =>
        Assert.Equal(
            text is not null && Regex.IsMatch(text, $@"\A(?:{JobId.Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking),
            JobId.TryParse(text, out _));

    [Theory]
    [InlineData("a", 86, 22)]
    [InlineData("A", 77, 13)]
    [InlineData("_", 100, 4)]
    [InlineData("-", 23, 23)]
    [InlineData("a.b-c_D9", 104, 8)]
    [InlineData("nightly-report", 233, 9)]
    [InlineData("b6d8a57e7", 75, 11)]
    [InlineData("0190163d-8694-739b-aea5-966c26f8ad91", 35, 3)]
    public void Shard_and_slice_are_the_same_for_ever(string text, int shard, int slice)
    {
        var id = JobId.Parse(text);

        Assert.Equal(shard, id.Shard);
        Assert.Equal(slice, id.Slice);
    }

    [Fact]
    public void The_id_whose_hash_has_no_absolute_value_in_Akkas_extractor_has_a_shard_here()
    {
        const string poison = "b6d8a57e7";

        Assert.Equal(int.MinValue, MurmurHash.StringHash(poison));
        Assert.InRange(JobId.Parse(poison).Shard, 0, JobId.Shards - 1);
    }

    [Property(MaxTest = 500)]
    public void Whatever_an_id_is_made_of_it_is_found_again_in_what_is_made_of_it(byte[]? picks, ushort generation)
    {
        const string characters = "aZ09_-.:@+=,";
        var id = JobId.Parse($"x{string.Concat((picks ?? []).Take(127).Select(pick => characters[pick % characters.Length]))}");
        var run = RunId.Scheduled(id, generation + 1, new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero));

        Assert.True(JobId.TryFromPersistenceId(id.PersistenceId, out var persisted));
        Assert.Equal(id, persisted);
        Assert.Equal(id, RunId.Parse(run.Value).JobId);
        Assert.Equal(id, RunId.Requested(id, generation + 1, version: 3).JobId);
        Assert.Equal(id.Value, Uri.UnescapeDataString(Uri.EscapeDataString(id.Value)));
        Assert.True(Akka.Actor.ActorPath.IsValidPathElement(Uri.EscapeDataString(id.Value)));
        Assert.Equal($"/jobs/{id.Value}", new Uri(new Uri("http://h/"), $"/jobs/{id.Value}").AbsolutePath);
    }

    [Property(MaxTest = 300)]
    public void Every_id_has_a_shard_and_all_of_a_shards_ids_are_in_one_slice(uint seed)
    {
        var id = JobId.Parse($"job-{seed}");

        Assert.InRange(id.Shard, 0, 255);
        Assert.Equal(id.Shard % 32, id.Slice);
    }

    [Fact]
    public void Ids_are_spread_over_all_shards()
    {
        var shards = Enumerable.Range(0, 25_600).CountBy(n => JobId.Parse($"job-{n}").Shard).ToDictionary();

        Assert.Equal(JobId.Shards, shards.Count);
        Assert.All(shards.Values, count => Assert.InRange(count, 50, 150));
    }

    [Fact]
    public void The_constants_that_data_was_dealt_out_by_stay_as_they_are()
    {
        Assert.Equal(256, JobId.Shards);
        Assert.Equal(32, JobId.Slices);
        Assert.Equal("slice-31", JobId.SliceTag(31));
    }

    [Fact]
    public void Events_are_stored_under_the_id_with_a_prefix_and_are_found_by_it()
    {
        var id = JobId.Parse("nightly-report");

        Assert.Equal("job-nightly-report", id.PersistenceId);
        Assert.True(JobId.TryFromPersistenceId(id.PersistenceId, out var found));
        Assert.Equal(id, found);
    }

    [Theory]
    [InlineData("nightly-report")]
    [InlineData("job-")]
    [InlineData("job-.a")]
    [InlineData("JOB-a")]
    [InlineData("/sharding/jobs/coordinator")]
    [InlineData("")]
    public void Another_entitys_persistence_id_is_no_jobs(string persistenceId) =>
        Assert.False(JobId.TryFromPersistenceId(persistenceId, out _));

    [Fact]
    public void An_id_that_was_never_given_a_value_has_none_to_show()
    {
        Assert.Throws<InvalidOperationException>(() => default(JobId).Value);
        Assert.Throws<InvalidOperationException>(() => default(JobId).Shard);
        Assert.Equal("", default(JobId).ToString());
    }
}
