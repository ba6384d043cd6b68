using System.Globalization;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The values of a statement that is put together, each with its number.</summary>
internal sealed class StatementValues
{
    private readonly List<(string? Text, long Number)> _values = [];

    /// <summary>Takes a text; what stands for it.</summary>
    public string Of(string text) => Add((text, 0));

    /// <summary>Takes a number; what stands for it.</summary>
    public string Of(long number) => Add((null, number));

    /// <summary>Takes an instant; what stands for it.</summary>
    public string Of(DateTimeOffset instant) => Of(instant.ToUnixTimeMilliseconds());

    /// <summary>Binds them. A statement need not have all: one that is not looked for is nobody's.</summary>
    public SqliteStatement Bind(SqliteStatement statement)
    {
        var most = Math.Min(_values.Count, statement.ParameterCount);
        for (var i = 0; i < most; i++)
        {
            var (text, number) = _values[i];
            _ = text is null ? statement.Bind(i + 1, number) : statement.Bind(i + 1, text);
        }

        return statement;
    }

    private string Add((string? Text, long Number) value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"?{_values.Count}");
    }
}
