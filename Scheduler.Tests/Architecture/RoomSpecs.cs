using System.Reflection;
using NetArchTest.Rules;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Architecture;

/// <summary>Which room may know which.</summary>
public sealed class RoomSpecs
{
    private const string Domain = "Scheduler.Actors.Domain";
    private static readonly Assembly Actors = typeof(JobId).Assembly;

    [Theory]
    [InlineData("Akka")]
    [InlineData("Microsoft.Extensions")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Microsoft.Data")]
    [InlineData("System.Net.Http")]
    [InlineData("System.Net.Sockets")]
    [InlineData("System.IO.File")]
    [InlineData("System.IO.Stream")]
    [InlineData("System.IO.Directory")]
    [InlineData("System.Console")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.Diagnostics.Stopwatch")]
    [InlineData("System.Random")]
    [InlineData("System.Security.Cryptography")]
    [InlineData("System.Threading.Tasks")]
    [InlineData("System.Threading.Timer")]
    [InlineData("System.Threading.Thread")]
    [InlineData("System.Text.Json")]
    [InlineData("Scheduler.Actors.Jobs")]
    [InlineData("Scheduler.Actors.Execution")]
    [InlineData("Scheduler.Actors.Timing")]
    [InlineData("Scheduler.Actors.Projections")]
    [InlineData("Scheduler.Actors.Retention")]
    [InlineData("Scheduler.Actors.Serialization")]
    public void The_domain_is_pure_and_knows_nothing_of(string room) =>
        AssertNone(Types.InAssembly(Actors).That().ResideInNamespace(Domain), room);

    [Theory]
    [InlineData("System.DateTimeOffset", "get_Now")]
    [InlineData("System.DateTimeOffset", "get_UtcNow")]
    [InlineData("System.DateTime", "get_Now")]
    [InlineData("System.DateTime", "get_UtcNow")]
    [InlineData("System.DateTime", "get_Today")]
    [InlineData("System.Environment", "get_TickCount64")]
    [InlineData("System.Environment", "GetEnvironmentVariable")]
    [InlineData("System.Guid", "NewGuid")]
    [InlineData("System.Guid", "CreateVersion7")]
    public void The_domain_never_calls_what_gives_another_answer_each_time(string type, string method) =>
        Assert.DoesNotContain(CalledMethods.Of(Actors, Domain), call => call.Type == type && call.Method == method);

    [Fact]
    public void What_the_domain_calls_is_seen() =>
        Assert.Contains(CalledMethods.Of(Actors, Domain), call => call is { Type: "System.DateTimeOffset", Method: "get_UtcTicks" });

    [Theory]
    [InlineData("Scheduler.Actors.Domain.Jobs.JobDecider")]
    [InlineData("Scheduler.Actors.Domain.Jobs.Settling")]
    [InlineData("Scheduler.Actors.Domain.Jobs.Settlement")]
    [InlineData("Scheduler.Actors.Domain.Jobs.Decision")]
    [InlineData("Scheduler.Actors.Domain.Jobs.JobCommand")]
    [InlineData("Scheduler.Actors.Domain.Jobs.CreateJob")]
    [InlineData("Scheduler.Actors.Domain.Jobs.TriggerJob")]
    [InlineData("Scheduler.Actors.Domain.Jobs.CancelJob")]
    [InlineData("Scheduler.Actors.Domain.Jobs.DeleteJob")]
    [InlineData("Scheduler.Actors.Domain.Jobs.ReportAttempt")]
    [InlineData("Scheduler.Actors.Domain.Jobs.GiveUpAttempt")]
    [InlineData("Scheduler.Actors.Execution")]
    [InlineData("Scheduler.Actors.Retention")]
    public void Projections_see_facts_and_know_nothing_of(string type) =>
        AssertNone(Types.InAssembly(Actors).That().ResideInNamespace("Scheduler.Actors.Projections"), type);

    [Fact]
    public void All_commands_are_kept_from_projections()
    {
        var commands = Actors.GetTypes().Where(t => t.IsSubclassOf(typeof(JobCommand))).Select(t => t.FullName).ToArray();

        Assert.NotEmpty(commands);
        AssertNone(Types.InAssembly(Actors).That().ResideInNamespace("Scheduler.Actors.Projections"), commands!);
    }

    [Fact]
    public void Every_room_that_a_rule_speaks_of_has_someone_in_it()
    {
        var rooms = Actors.GetTypes().Select(t => t.Namespace).ToHashSet(StringComparer.Ordinal);

        Assert.Contains(Domain, rooms);
        Assert.Contains("Scheduler.Actors.Domain.Jobs", rooms);
        Assert.Contains("Scheduler.Actors.Jobs", rooms);
        Assert.Contains("Scheduler.Actors.Execution", rooms);
        Assert.Contains("Scheduler.Actors.Timing", rooms);
        Assert.Contains("Scheduler.Actors.Projections", rooms);
        Assert.Contains("Scheduler.Actors.Retention", rooms);
    }

    private static void AssertNone(PredicateList types, params string[] dependencies)
    {
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOnAny(dependencies).GetResult();
        Assert.True(result.IsSuccessful, $"These know {string.Join(", ", dependencies)}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
