using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Storage;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Configuration;

public sealed class DataFolderSpecs
{
    [Fact]
    public void A_folder_that_is_not_there_is_made()
    {
        using var temporary = new TemporaryFolder();
        using var folder = DataFolder.Open(Path.Combine(temporary.Path, "a", "b"));

        Assert.True(Directory.Exists(folder.Path));
        Assert.StartsWith(folder.Path, folder.JournalFile, StringComparison.Ordinal);
        Assert.NotEqual(folder.JournalFile, folder.ViewsFile);
    }

    [Fact]
    public void Who_comes_second_is_refused_until_the_first_has_gone()
    {
        using var temporary = new TemporaryFolder();
        using (DataFolder.Open(temporary.Path))
        {
            var refused = Assert.Throws<StartException>(() => DataFolder.Open(temporary.Path));
            Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
            Assert.Contains(temporary.Path, refused.Message, StringComparison.Ordinal);
        }

        DataFolder.Open(temporary.Path).Dispose();
    }

    [Fact]
    public void A_path_that_is_a_file_s_is_refused_in_a_sentence()
    {
        using var temporary = new TemporaryFolder();
        var file = Path.Combine(temporary.Path, "file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<StartException>(() => DataFolder.Open(file));
        Assert.Contains($"'{file}'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_and_its_lock_are_for_their_owner_alone()
    {
        using var temporary = new TemporaryFolder();
        using var folder = DataFolder.Open(Path.Combine(temporary.Path, "a"));

        FileRights.AreOwnersAlone(folder.Path);
        Assert.NotEmpty(Directory.GetFiles(folder.Path));
        Assert.All(Directory.GetFiles(folder.Path), FileRights.AreOwnersAlone);
    }

    [Fact]
    public void Who_comes_second_is_refused_though_the_lock_file_was_deleted()
    {
        using var temporary = new TemporaryFolder();
        using (DataFolder.Open(temporary.Path))
        {
            foreach (var file in Directory.GetFiles(temporary.Path))
                File.Delete(file);
            Assert.Contains("in use by another process", Assert.Throws<StartException>(() => DataFolder.Open(temporary.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_unfinished_backup_is_not_taken_for_an_empty_folder()
    {
        using var temporary = new TemporaryFolder();
        var unfinished = temporary.File("journal.db.unfinished");
        File.WriteAllText(unfinished, "");

        Assert.Contains("never finished", Assert.Throws<StartException>(() => DataFolder.Open(temporary.Path)).Message, StringComparison.Ordinal);

        File.Delete(unfinished);
        DataFolder.Open(temporary.Path).Dispose();
    }

    [Fact]
    public void What_a_killed_process_was_copying_is_removed()
    {
        using var temporary = new TemporaryFolder();
        string left;
        using (var folder = DataFolder.Open(temporary.Path))
            File.WriteAllText(left = folder.NewBackupFile() + ".unfinished", "");

        DataFolder.Open(temporary.Path).Dispose();

        Assert.False(File.Exists(left));
    }
}
