using Scheduler.Host.CommandLine;
using Xunit;

namespace Scheduler.Tests.CommandLine;

public sealed class SchedulerCommandLineSpecs
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private IReadOnlyList<string>? _started;

    [Theory]
    [InlineData("--DataPath=/tmp/x", "did you mean --Scheduler:DataPath?")]
    [InlineData("--DataPath /tmp/x", "did you mean --Scheduler:DataPath?")]
    [InlineData("--Schedular:DataPath=/tmp/x", "did you mean --Scheduler:DataPath?")]
    [InlineData("--Colour:Scheme=dark", "--Scheduler:")]
    [InlineData("--verbose", "'--verbose' is not a known switch")]
    [InlineData("-v", "'-v' is not a known switch")]
    [InlineData("--url http://127.0.0.1:1", "did you mean --urls?")]
    [InlineData("/urls http://127.0.0.1:1", "'/urls' is not a known switch; did you mean --urls?")]
    [InlineData("start", "'start' is not a known command")]
    [InlineData("Scheduler:DataPath=/tmp/x", "did you mean --Scheduler:DataPath?")]
    [InlineData("backup", "backup")]
    [InlineData("backup here there", "'there' is not a known command")]
    [InlineData("archive show a", "No archive is set: --Scheduler:Retention:Archive=FOLDER")]
    [InlineData("--Scheduler:Retention:Archive=/no/such/folder archive show ..", "'..' is not the id of a job")]
    [InlineData("--Scheduler:Retention:Archive=/no/such/folder archive show a", "The archive '/no/such/folder' can't be read")]
    [InlineData("archive", "Required command")]
    [InlineData("@arguments", "'@arguments' is not a known command")]
    [InlineData("--urls", "--urls has no value")]
    [InlineData("--Scheduler:DataPath --urls http://127.0.0.1:1", "--Scheduler:DataPath has no value")]
    [InlineData("--Kestrel:Limits:MaxConcurrentConnections=3", "--Kestrel:Endpoints")]
    [InlineData("--Logging:LogLvl:Default=Debug", "--Logging:LogLevel")]
    [InlineData("--help=yes", "--help")]
    public async Task What_is_not_known_is_refused_before_anything_is_started(string line, string sentence)
    {
        Assert.Equal(1, await InvokeAsync(line));
        Assert.Null(_started);
        Assert.Contains(sentence, _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        Assert.Equal(1, await InvokeAsync("--DataPath=x --verbose start --urls"));
        foreach (var part in (string[])["--DataPath", "--verbose", "start", "--urls has no value"])
            Assert.Contains(part, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--urls http://127.0.0.1:1 --help")]
    public async Task Help_is_answered_and_starts_nothing(string line)
    {
        Assert.Equal(0, await InvokeAsync(line));
        Assert.Null(_started);
        foreach (var part in (string[])["--urls", "--Scheduler:DataPath", "--Scheduler:Execution:DrainLimit", "--version"])
            Assert.Contains(part, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_answered_and_starts_nothing()
    {
        Assert.Equal(0, await InvokeAsync("--version"));
        Assert.Null(_started);
        Assert.Matches(@"^\d+\.\d+\.\d+", _output.ToString());
    }

    [Fact]
    public async Task Settings_reach_the_node_in_either_form_whatever_their_letters_case()
    {
        Assert.Equal(7, await InvokeAsync("--urls http://127.0.0.1:1 --scheduler:datapath=a=b --Logging:LogLevel:Default=Debug --Scheduler:Storage= --Mail:Server post"));
        Assert.Equal(
            ["--urls=http://127.0.0.1:1", "--scheduler:datapath=a=b", "--Logging:LogLevel:Default=Debug", "--Scheduler:Storage=", "--Mail:Server=post"],
            _started);
    }

    private Task<int> InvokeAsync(string line) => new SchedulerCommandLine(["Mail"], _output, _error)
    {
        RunNode = settings =>
        {
            _started = settings;
            return Task.FromResult(7);
        },
    }.InvokeAsync(line.Split(' '));
}
