using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Timing;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class ClusterSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task The_cluster_shows_its_nodes_and_what_fire_times_are_computed_with()
    {
        server.Operations.Replanning = new ReplanProgress("2026f", 10, 2, 1, IsDone: false);

        var answer = await server.GetAsync("/cluster");

        Assert.Equal("10.0.0.1:4053", answer.Json.GetProperty("self").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", answer.Json.GetProperty("version").GetString());
        Assert.Equal(TimeZoneData.Bundled.Version, answer.Json.GetProperty("time_zone_data").GetString());
        Assert.Equal("""{"address":"10.0.0.2:4053","status":"joining","roles":["jobs"]}""", answer.Json.GetProperty("members")[1].GetRawText());
        Assert.Equal("""{"looked_at":10,"planned_anew":2,"failed":1,"is_done":false}""", answer.Json.GetProperty("replanning").GetRawText());
    }

    [Fact]
    public async Task Readiness_says_the_release_too() =>
        Assert.Equal(TimeZoneData.Bundled.Version, (await server.GetAsync("/health/ready")).Json.GetProperty("time_zone_data").GetString());
}
