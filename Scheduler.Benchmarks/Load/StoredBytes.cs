using Microsoft.Data.Sqlite;

namespace Scheduler.Benchmarks.Load;

/// <summary>How many bytes of its files a server uses that has ended: pages that hold something, logs copied.</summary>
/// <param name="Journal">Of <c>journal.db</c>.</param>
/// <param name="Views">Of <c>views.db</c>.</param>
internal sealed record StoredBytes(long Journal, long Views)
{
    public static StoredBytes In(string dataPath) => new(Used(dataPath, "journal.db"), Used(dataPath, "views.db"));

    private static long Used(string dataPath, string file)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataPath, file)};Pooling=False");
        connection.Open();
        return (Ask("page_count") - Ask("freelist_count")) * Ask("page_size");

        long Ask(string pragma)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA {pragma}";
            return (long)command.ExecuteScalar()!;
        }
    }
}
