using Scheduler.Actors.Domain;
using Xunit;

namespace Scheduler.Tests.Domain;

public sealed class ValueListSpecs
{
    private static readonly ValueList<int> OneTwoThree = [1, 2, 3];

    [Fact]
    public void Lists_with_equal_elements_in_the_same_order_are_equal()
    {
        ValueList<int> other = [1, 2, 3];

        Assert.True(OneTwoThree.Equals(other));
        Assert.True(OneTwoThree.Equals((object)other));
        Assert.Equal(OneTwoThree.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Lists_with_another_order_length_or_element_differ()
    {
        ValueList<int>[] others = [[], [1, 2], [1, 2, 4], [3, 2, 1], [1, 2, 3, 3]];

        Assert.All(others, other => Assert.False(OneTwoThree.Equals(other)));
        Assert.False(OneTwoThree.Equals(null));
        Assert.False(OneTwoThree.Equals((object)"1, 2, 3"));
    }

    [Fact]
    public void Records_that_hold_lists_compare_by_value()
    {
        Assert.Equal(new Holder(["a", "b"]), new Holder(["a", "b"]));
        Assert.NotEqual(new Holder(["a", "b"]), new Holder(["b", "a"]));
    }

    [Fact]
    public void A_change_makes_a_new_list_and_leaves_the_old_one()
    {
        Assert.Equal([1, 2, 3, 4], OneTwoThree.Add(4));
        Assert.Equal([1, 3], OneTwoThree.RemoveAll(i => i == 2));
        Assert.Equal([1, 20, 3], OneTwoThree.Replace(i => i == 2, i => i * 10));
        Assert.Equal([2, 3], OneTwoThree.Last(2));
        Assert.Equal([1, 2, 3], OneTwoThree);
    }

    [Fact]
    public void Nothing_to_remove_or_to_cut_off_leaves_the_list_itself()
    {
        Assert.Same(OneTwoThree, OneTwoThree.RemoveAll(i => i == 9));
        Assert.Same(OneTwoThree, OneTwoThree.Last(3));
        Assert.Same(OneTwoThree, OneTwoThree.Last(4));
    }

    [Fact]
    public void A_list_keeps_nothing_of_what_it_was_made_from()
    {
        var source = new List<int> { 1, 2, 3 };
        var list = ValueList.From(source);

        source[0] = 9;

        Assert.Equal(OneTwoThree, list);
    }

    [Fact]
    public void Null_and_nothing_give_the_empty_list()
    {
        Assert.Same(ValueList<int>.Empty, ValueList.From<int>(null));
        Assert.Same(ValueList<int>.Empty, ValueList.From(new List<int>()));
        Assert.Empty(ValueList<int>.Empty);
        Assert.Equal(2, OneTwoThree[1]);
    }

    private sealed record Holder(ValueList<string> Names);
}
