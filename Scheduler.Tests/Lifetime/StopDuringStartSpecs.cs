using Scheduler.Host.Configuration;
using Scheduler.Host.Lifetime;
using Scheduler.Tests.EndToEnd;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Lifetime;

[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class StopDuringStartSpecs
{
    public static TheoryData<string> Steps => [.. Enum.GetNames<StartStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_node_that_is_asked_to_stop_at_any_step_of_its_start_ends_with_0_and_says_nothing(string name)
    {
        using var folder = new TemporaryFolder();
        var (stop, output, error, steps) = (new StopSignal(), new StringWriter(), new StringWriter(), new List<StartStep>());
        var node = new NodeProcess(configure: null, stop, output, error)
        {
            Reached = step =>
            {
                steps.Add(step);
                if (step == Enum.Parse<StartStep>(name))
                    stop.Ask();
            },
        };

        Assert.Equal(0, await node.RunAsync(["--urls=http://127.0.0.1:0", $"--Scheduler:DataPath={folder.Path}"]));

        Assert.Equal(Enum.Parse<StartStep>(name), steps[^1]);
        Assert.Empty(output.ToString() + error);
    }

    [Theory]
    [InlineData("--Logging:LogLevel:Default=Chatty", "Logging:LogLevel:Default is 'Chatty'")]
    [InlineData("--Logging:Console:LogLevel:Default=7", "Logging:Console:LogLevel:Default is '7'")]
    [InlineData("--Scheduler:Storage=Floppy", "Scheduler:Storage is 'Floppy'")]
    [InlineData("--urls=http://localhost:80000", "Cannot listen on 'http://localhost:80000'")]
    public async Task What_is_wrong_is_said_in_a_sentence_before_anything_is_started(string wrong, string sentence)
    {
        using var folder = new TemporaryFolder();
        var (output, error, steps) = (new StringWriter(), new StringWriter(), new List<StartStep>());
        var node = new NodeProcess(configure: null, new StopSignal(), output, error) { Reached = steps.Add };
        string[] sound = wrong.StartsWith("--urls", StringComparison.Ordinal) ? [] : ["--urls=http://127.0.0.1:0"];

        Assert.Equal(1, await node.RunAsync([wrong, $"--Scheduler:DataPath={folder.Path}/new", .. sound]));

        Assert.Empty(steps);
        Assert.False(Directory.Exists($"{folder.Path}/new"));
        Assert.StartsWith(sentence, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }
}
