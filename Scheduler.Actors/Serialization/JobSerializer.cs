using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Serialization;

/// <summary>
/// Writes and reads everything of a job that is stored or crosses nodes: events, snapshots, commands, replies. UTF-8 JSON under string
/// manifests, never CLR names: types may be renamed, data may not.
/// </summary>
public sealed class JobSerializer : SerializerWithStringManifest
{
    /// <summary>The serializer's number. It is stored with every event: a constant for ever.</summary>
    public const int Id = 4200;

    /// <summary>The serializer's name in Akka's configuration.</summary>
    public const string Name = "scheduler-jobs";

    /// <summary>Made by Akka, once for each actor system.</summary>
    public JobSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>The types that this serializer is bound to, with all that derive from them.</summary>
    public static IReadOnlyList<Type> BoundTypes { get; } =
        [typeof(JobEvent), typeof(JobState), typeof(IJobMessage), typeof(JobReply), typeof(StopJob), typeof(NodeDraining), typeof(ILimitMessage)];

    /// <inheritdoc />
    public override int Identifier => Id;

    /// <inheritdoc />
    /// <exception cref="SerializationException">There is no format for it.</exception>
    public override string Manifest(object o) => JobFormats.Of(o).Manifest;

    /// <inheritdoc />
    /// <exception cref="SerializationException">There is no format for it.</exception>
    public override byte[] ToBinary(object obj) => JobFormats.Write(obj);

    /// <inheritdoc />
    /// <exception cref="SerializationException">The manifest is unknown, or the bytes are not of its shape.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => JobFormats.Read(bytes, manifest);
}
