using System.Buffers;
using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Xunit;

namespace Scheduler.Tests.Serialization;

public sealed class EventJsonSpecs
{
    [Fact]
    public void An_event_is_shown_with_its_version_time_name_and_data()
    {
        var fact = new RunRequested { At = new(2026, 11, 23, 10, 0, 0, 7, TimeSpan.Zero), RunId = RunId.Parse("j~1~t3"), By = "alice" };

        Assert.Equal(
            """{"version":3,"at":"2026-11-23T10:00:00.007Z","type":"RunRequested","data":{"by":"alice","run_id":"j~1~t3"}}""",
            Written(3, fact));
    }

    [Fact]
    public void Every_event_is_known_by_its_word() =>
        Assert.All(Samples.All.Values.OfType<JobEvent>(), e => Assert.Equal(e.GetType().Name, EventJson.TypeOf(e)));

    private static string Written(long version, JobEvent fact)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            EventJson.Write(writer, version, fact);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
