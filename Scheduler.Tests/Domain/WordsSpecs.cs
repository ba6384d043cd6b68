using System.Reflection;
using System.Runtime.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Policies;
using Xunit;

namespace Scheduler.Tests.Domain;

/// <summary>One table says what enum values are called as text.</summary>
public sealed class WordsSpecs
{
    [Fact]
    public void Each_word_stands_for_one_value_and_leads_back_to_it() =>
        Assert.Equal([Backoff.Fixed, Backoff.Exponential], Words.Backoffs.All.Select(Words.Backoffs.Parse));

    [Fact]
    public void A_value_without_a_word_is_noticed_when_the_table_is_made() =>
        Assert.Throws<ArgumentException>(() => new Words<Backoff>("backoff", (Backoff.Fixed, "fixed")));

    [Fact]
    public void A_word_for_two_values_is_noticed_when_the_table_is_made() =>
        Assert.Throws<ArgumentException>(() => new Words<Backoff>("backoff", (Backoff.Fixed, "fixed"), (Backoff.Exponential, "fixed")));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Fixed")]
    [InlineData("quadratic")]
    public void A_word_of_a_newer_release_is_never_taken_for_another(string? word)
    {
        Assert.False(Words.Backoffs.TryParse(word, out _));
        Assert.Contains("no backoff that this release knows", Assert.Throws<SerializationException>(() => Words.Backoffs.Parse(word)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_tables_are_whole() => Assert.All(
        typeof(Words).GetFields(BindingFlags.Public | BindingFlags.Static), table => Assert.NotNull(table.GetValue(obj: null)));
}
