using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Ports;
using Scheduler.Tests.Api.OpenApi;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What is declared of a member holds: its default is what leaving it out means, and its example may be sent.</summary>
public sealed class DeclarationSpecs
{
    private static readonly DefinitionReader Reader = new(new JobHandlers([]), AmqpConnectionNames.Unknown);

    [Fact]
    public async Task To_send_a_default_is_to_leave_it_out()
    {
        var members = (await Description.OfApi).Schemas.GetProperty("JobDefinition").GetProperty("properties").EnumerateObject()
            .Where(m => m.Value.TryGetProperty("default", out _))
            .ToArray();

        Assert.Contains(members, m => m.Name == "timeout");
        Assert.All(members, m => Assert.Equal(Read(""), Read($",\"{m.Name}\":{m.Value.GetProperty("default").GetRawText()}")));
    }

    [Theory]
    [InlineData("retry", "Retry")]
    [InlineData("misfire", "Misfire")]
    public async Task To_send_a_default_of_a_policy_is_to_leave_it_out(string name, string component)
    {
        var members = (await Description.OfApi).Schemas.GetProperty(component).GetProperty("properties").EnumerateObject()
            .Where(m => m.Value.TryGetProperty("default", out _))
            .ToArray();

        Assert.NotEmpty(members);
        Assert.All(members, m => Assert.Equal(Read(""), Read($",\"{name}\":{{\"{m.Name}\":{m.Value.GetProperty("default").GetRawText()}}}")));
    }

    [Fact]
    public void Each_example_of_a_member_may_be_sent()
    {
        var examples = Examples(JobMembers.All).ToArray();

        Assert.Contains(examples, e => e.Name == "tags");
        Assert.All(examples, e => Read($",\"{e.Name}\":{e.Example}"));
    }

    [Fact]
    public void Each_example_of_a_target_may_be_sent()
    {
        Assert.All(Examples(HttpTargetMembers.All).Where(e => e.Name != "url"), e => Read($$$""","target":{"http":{"url":"http://h/","{{{e.Name}}}":{{{e.Example}}}}}"""));
        Assert.All(Examples(AmqpTargetMembers.All), e => Read($$$""","target":{"amqp":{"{{{e.Name}}}":{{{e.Example}}}}}"""));
    }

    private static IEnumerable<(string Name, string Example)> Examples<T>(Declaration<T> declaration) =>
        declaration.Members.Where(m => m.Example is not null).Select(m => (m.Name, m.Example!));

    private static JobDefinition Read(string more)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes($"{{\"name\":\"j\",\"schedule\":{{\"every\":60}}{more}}}"));
        return Reader.Read(json.RootElement, ApiServer.Now);
    }
}
