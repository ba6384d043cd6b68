using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Scheduler.Tests.Persistence;

/// <summary>An event that the sample serializer writes.</summary>
internal sealed record Happened(string Text);

/// <summary>An event that can't be serialized.</summary>
internal sealed record Unwritable(string Text);

/// <summary>An event whose manifest nobody knows any more when it is read.</summary>
internal sealed record Forgotten;

internal sealed class SampleSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public static Config Config { get; } = ConfigurationFactory.ParseString("""
        akka.actor.serializers.sample = "Scheduler.Tests.Persistence.SampleSerializer, Scheduler.Tests"
        akka.actor.serialization-bindings {
          "Scheduler.Tests.Persistence.Happened, Scheduler.Tests" = sample
          "Scheduler.Tests.Persistence.Forgotten, Scheduler.Tests" = sample
          "Scheduler.Tests.Persistence.Unwritable, Scheduler.Tests" = sample
        }
        akka.loglevel = WARNING
        """);

    public override int Identifier => 4301;

    public override byte[] ToBinary(object obj) => obj switch
    {
        Happened happened => System.Text.Encoding.UTF8.GetBytes(happened.Text),
        Forgotten => [],
        _ => throw new System.Runtime.Serialization.SerializationException("This event can't be written."),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "happened.v1"
        ? new Happened(System.Text.Encoding.UTF8.GetString(bytes))
        : throw new System.Runtime.Serialization.SerializationException($"Unknown manifest '{manifest}'.");

    public override string Manifest(object o) => o is Happened ? "happened.v1" : "forgotten.v1";
}
