using System.Collections;
using System.Runtime.CompilerServices;

namespace Scheduler.Actors.Domain;

/// <summary>
/// An immutable list that is equal to another one with equal elements in the same order, so that records which hold lists compare by
/// value: "folding the same events gives the same state" is then one comparison.
/// </summary>
/// <typeparam name="T">The element type; compared with its default comparer.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items;

    internal ValueList(T[] items) => _items = items;

    /// <summary>The list without elements.</summary>
    public static ValueList<T> Empty { get; } = new([]);

    /// <inheritdoc />
    public int Count => _items.Length;

    /// <inheritdoc />
    public T this[int index] => _items[index];

    /// <summary>A new list with <paramref name="item"/> at the end.</summary>
    public ValueList<T> Add(T item) => new([.. _items, item]);

    /// <summary>A new list without the elements that match; this one when none does.</summary>
    public ValueList<T> RemoveAll(Predicate<T> match) => Array.Exists(_items, match) ? new(Array.FindAll(_items, i => !match(i))) : this;

    /// <summary>A new list with each element that matches replaced.</summary>
    public ValueList<T> Replace(Predicate<T> match, Func<T, T> by) => new(Array.ConvertAll(_items, i => match(i) ? by(i) : i));

    /// <summary>The last <paramref name="count"/> elements; this list when it has no more.</summary>
    public ValueList<T> Last(int count) => _items.Length <= count ? this : new(_items[^count..]);

    /// <inheritdoc />
    public bool Equals(ValueList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}

/// <summary>Builds <see cref="ValueList{T}"/> from collection expressions and sequences.</summary>
public static class ValueList
{
    /// <summary>The list of <paramref name="items"/>.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? ValueList<T>.Empty : new(items.ToArray());

    /// <summary>The list of <paramref name="items"/>; empty for null.</summary>
    public static ValueList<T> From<T>(IEnumerable<T>? items) => items is null ? ValueList<T>.Empty : Create<T>([.. items]);
}
