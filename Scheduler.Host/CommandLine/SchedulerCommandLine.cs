using System.CommandLine;
using Scheduler.Host.Configuration;

namespace Scheduler.Host.CommandLine;

/// <summary>What the process can be told to do: without a command it runs a node. What it does not understand it refuses, before anything is started.</summary>
/// <param name="ownSections">The first parts of settings of the program that the scheduler runs in.</param>
/// <param name="output">Where answers go.</param>
/// <param name="error">Where refusals go.</param>
internal sealed class SchedulerCommandLine(IReadOnlyCollection<string> ownSections, TextWriter output, TextWriter error)
{
    private const int Refused = 1;

    /// <summary>Runs a node with settings as <c>--KEY=VALUE</c>.</summary>
    public required Func<IReadOnlyList<string>, Task<int>> RunNode { get; init; }

    /// <summary>Does what a command line says.</summary>
    /// <returns>The process's exit code.</returns>
    public async Task<int> InvokeAsync(string[] args)
    {
        var switches = SettingSwitches.Take(args, ownSections);
        var parsed = Commands(switches.Settings).Parse(switches.Rest, new ParserConfiguration { ResponseFileTokenReplacer = null });
        string[] wrong = [.. switches.Errors, .. Errors(parsed)];
        if (wrong.Length > 0)
        {
            foreach (var sentence in wrong)
                await error.WriteLineAsync(sentence);
            await error.WriteLineAsync("--help shows what there is.");
            return Refused;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // Signals are StopSignal's.
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>All that there is. A command of its own is another line here; it is given the settings that stood beside it.</summary>
    private RootCommand Commands(IReadOnlyList<string> settings)
    {
        var root = new RootCommand(Description());
        root.SetAction((_, _) => RunNode(settings));
        root.Subcommands.Add(Backup(settings));
        root.Subcommands.Add(Archive(settings));
        return root;
    }

    private Command Backup(IReadOnlyList<string> settings)
    {
        var folder = new Argument<string>("folder") { Description = "Where to; made where it is not there." };
        var backup = new Command("backup", "Copies the journal of the data folder (--Scheduler:DataPath), while a node runs on it or not, into a folder that one can be started on.")
        {
            folder,
        };
        backup.SetAction((parsed, _) => AnswerAsync(() =>
        {
            BackupCommand.Run(SchedulerSettingsReader.Read(NodeConfiguration.CreateBuilder(settings).Configuration).Storage, parsed.GetRequiredValue(folder), output);
            return Task.CompletedTask;
        }));
        return backup;
    }

    private Command Archive(IReadOnlyList<string> settings)
    {
        var job = new Argument<string>("job") { Description = "The job's id." };
        var show = new Command("show", "Prints a job's events that the journal has let go of, a line of JSON each, as GET /jobs/{id}/events has them.") { job };
        show.SetAction((parsed, cancellationToken) => AnswerAsync(() => ArchiveCommand.ShowAsync(
            SchedulerSettingsReader.Read(NodeConfiguration.CreateBuilder(settings).Configuration).Retention, parsed.GetRequiredValue(job), output, error, cancellationToken)));
        return new Command("archive", "Reads the archive of the journal (--Scheduler:Retention:Archive), while a node writes to it or not.") { show };
    }

    private async Task<int> AnswerAsync(Func<Task> answer)
    {
        try
        {
            await answer();
            return 0;
        }
        catch (StartException e)
        {
            await error.WriteLineAsync(e.Message);
            return Refused;
        }
    }

    private string Description() => $"""
        Runs a node of the scheduler until it is asked to stop (Ctrl+C or SIGTERM).

        Settings are switches, --KEY=VALUE; appsettings.json and the environment (Scheduler__DataPath) have them as well. README says what they mean:
          {string.Join($"{Environment.NewLine}  ", SettingSwitches.Single.Concat(SchedulerSettingsReader.Keys).Select(k => $"--{k}").Concat(Further()))}
        """;

    private IEnumerable<string> Further() =>
        ["--Logging:LogLevel:CATEGORY", "--Kestrel:Endpoints:NAME:Url", "--Kestrel:Certificates:Default:Path", .. ownSections.Select(s => $"--{s}:…")];

    /// <summary>What is wrong, in this program's words where something is not known.</summary>
    private static IEnumerable<string> Errors(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.ToHashSet(StringComparer.Ordinal);
        foreach (var token in parsed.UnmatchedTokens)
        {
            var what = token.StartsWith('-') || token.StartsWith('/') ? "a known switch" : "a known command";
            yield return SettingSwitches.Nearest(token) is { } nearest ? $"'{token}' is not {what}; did you mean {nearest}?" : $"'{token}' is not {what}.";
        }

        foreach (var fault in parsed.Errors.Where(e => !unknown.Any(u => e.Message.Contains($"'{u}'", StringComparison.Ordinal))))
            yield return fault.Message;
    }
}
