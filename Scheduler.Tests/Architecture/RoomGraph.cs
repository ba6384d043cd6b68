using System.Collections.Concurrent;
using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Scheduler.Tests.Architecture;

/// <summary>Which rooms use which: a room is a namespace directly below a root, and uses another when its code names a type of it.</summary>
internal sealed class RoomGraph
{
    private static readonly ConcurrentDictionary<(Assembly, string), Lazy<RoomGraph>> Known = new();

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <summary>Reads an assembly. Each use comes with one example, so that a circle says what makes it.</summary>
    public static RoomGraph Of(Assembly assembly, string root) =>
        Known.GetOrAdd((assembly, root), static of => new(() => Read(of.Item1, of.Item2))).Value;

    private static RoomGraph Read(Assembly assembly, string root)
    {
        var graph = new RoomGraph();
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        foreach (var type in module.GetAllTypes())
        {
            if (RoomOf(type, root) is not { } room)
                continue;
            foreach (var used in UsedBy(type))
            {
                if (RoomOf(used, root) is { } other && other != room)
                    graph.Add(room, other, $"{Outermost(type).Name} uses {Outermost(used).Name}");
            }
        }

        return graph;
    }

    public IReadOnlyCollection<string> Rooms => _uses.Keys;

    public bool Uses(string room, string other) => _uses.TryGetValue(room, out var uses) && uses.ContainsKey(other);

    public void Add(string room, string other, string example)
    {
        if (!_uses.TryGetValue(room, out var uses))
            _uses[room] = uses = new(StringComparer.Ordinal);
        uses.TryAdd(other, example);
    }

    /// <summary>The steps of a circle, each with its example; empty where there is none.</summary>
    public IReadOnlyList<string> FindCircle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var room in _uses.Keys)
        {
            if (CircleFrom(room, path, done) is { } circle)
                return circle;
        }

        return [];
    }

    private List<string>? CircleFrom(string room, List<string> path, HashSet<string> done)
    {
        if (path.IndexOf(room) is >= 0 and var start)
            return [.. path.Skip(start).Zip(path.Skip(start + 1).Append(room), (from, to) => $"{from} -> {to}: {_uses[from][to]}")];
        if (!done.Add(room) || !_uses.TryGetValue(room, out var uses))
            return null;
        path.Add(room);
        foreach (var other in uses.Keys)
        {
            if (CircleFrom(other, path, done) is { } circle)
                return circle;
        }

        path.RemoveAt(path.Count - 1);
        return null;
    }

    /// <summary>A type in the root itself belongs to no room: it composes them.</summary>
    private static string? RoomOf(TypeReference type, string root)
    {
        var place = Outermost(type).Namespace;
        return place.StartsWith(root + ".", StringComparison.Ordinal) ? place[(root.Length + 1)..].Split('.')[0] : null;
    }

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<TypeReference> UsedBy(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.GenericParameters.SelectMany(g => g.Constraints).Select(c => c.ConstraintType))
            .Concat(type.CustomAttributes.SelectMany(NamedBy))
            .Concat(type.Methods.SelectMany(UsedBy))
            .Where(t => t is not null)
            .SelectMany(Parts!);

    private static IEnumerable<TypeReference> UsedBy(MethodDefinition method) =>
        method.Parameters.Select(p => p.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.GenericParameters.SelectMany(g => g.Constraints).Select(c => c.ConstraintType))
            .Concat(method.HasBody ? method.Body.Variables.Select(v => v.VariableType).Concat(method.Body.Instructions.SelectMany(i => NamedBy(i.Operand))) : []);

    private static IEnumerable<TypeReference> NamedBy(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod call => [call.DeclaringType, .. call.GenericArguments],
        MemberReference { DeclaringType: not null } member => [member.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference> NamedBy(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Select(a => a.Value).OfType<TypeReference>().Prepend(attribute.AttributeType);

    /// <summary>The types that an array, a pointer or a generic type is made of.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Prepend(generic.ElementType),
        TypeSpecification whole => Parts(whole.ElementType),
        _ => [type],
    };
}
