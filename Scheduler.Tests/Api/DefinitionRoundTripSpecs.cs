using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What a client is told of a definition means that definition: a patch is merged into it, and read again.</summary>
public sealed class DefinitionRoundTripSpecs
{
    private static readonly DefinitionReader Reader = new(new JobHandlers([]), new AmqpConnectionNames(["default", "events"]));

    private static readonly DateTimeOffset Later = ApiServer.Now.AddDays(1);

    [Property(Arbitrary = [typeof(DefinitionArbitraries)])]
    public void A_definition_that_is_written_and_read_is_the_same(JobDefinition definition)
    {
        using var json = RequestBody.Parse(DefinitionPatch.Write(definition));

        Assert.Equal(definition, Read(json, definition));
    }

    [Property(Arbitrary = [typeof(DefinitionArbitraries)])]
    public void A_patch_without_members_changes_nothing(JobDefinition definition) => Assert.Equal(definition, Patched("{}", definition));

    [Property(Arbitrary = [typeof(DefinitionArbitraries)])]
    public void A_patch_that_says_what_is_so_changes_nothing(JobDefinition definition)
    {
        var whole = Encoding.UTF8.GetString(DefinitionPatch.Write(definition));

        Assert.Equal(definition, Patched(whole, definition));
    }

    [Property(Arbitrary = [typeof(DefinitionArbitraries)])]
    public void A_patch_makes_any_definition_of_any_other(JobDefinition before, JobDefinition after)
    {
        // Parameters merge, and a misfire window that the other has none of stays; all else is replaced by what a whole definition says.
        var whole = DefinitionPatch.Write(after);
        using var patch = JsonDocument.Parse(whole);
        using var json = RequestBody.Parse(DefinitionPatch.Apply(patch.RootElement, before with { Parameters = null, Misfire = MisfirePolicy.Default }));

        Assert.Equal(after, Read(json, after));
    }

    private static JobDefinition Patched(string patch, JobDefinition definition)
    {
        using var parsed = JsonDocument.Parse(Encoding.UTF8.GetBytes(patch));
        using var json = RequestBody.Parse(DefinitionPatch.Apply(parsed.RootElement, definition));
        return Read(json, definition);
    }

    private static JobDefinition Read(JsonDocument json, JobDefinition before) =>
        Reader.Read(json.RootElement, Later).Resolve(JobId.Parse("any"), before, Later);
}
