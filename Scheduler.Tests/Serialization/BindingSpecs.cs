using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Xunit;

namespace Scheduler.Tests.Serialization;

public sealed class BindingSpecs
{
    [Fact]
    public async Task Akka_finds_the_serializer_for_everything_that_is_stored_or_crosses_nodes()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("binding", akka => akka.WithJobSerializer()))
            .Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();

        Assert.All(Samples.All.Values, sample => Assert.IsType<JobSerializer>(system.Serialization.FindSerializerFor(sample)));
        Assert.IsNotType<JobSerializer>(system.Serialization.FindSerializerForType(typeof(JobId)));

        await host.StopAsync();
    }
}
