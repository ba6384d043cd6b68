using Akka.Hosting;

namespace Scheduler.Actors.Serialization;

/// <summary>Binds the serializer.</summary>
public static class JobSerializerHosting
{
    /// <summary>Makes <see cref="JobSerializer"/> the serializer of everything of a job that is stored or crosses nodes.</summary>
    public static AkkaConfigurationBuilder WithJobSerializer(this AkkaConfigurationBuilder builder) =>
        builder.WithCustomSerializer(JobSerializer.Name, JobSerializer.BoundTypes, system => new JobSerializer(system));
}
